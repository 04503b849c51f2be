package io.autousb.xen.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A message in either direction: {@code struct xsd_sockmsg} and what follows it ({@code xs_wire.h}). Words
 * are in the host's byte order.
 *
 * @param type what it is
 * @param requestId chosen by who asks, repeated in the answer
 * @param transactionId 0 outside of transactions
 * @param payload what follows the header; not copied, not to be changed
 */
record Message(MessageType type, int requestId, int transactionId, Payload payload) {

    static final int HEADER_BYTES = 16;

    private static final int LENGTH_AT = 12;

    /** The whole message, to be written in one piece. */
    ByteBuffer encode() {
        return encode(List.of(this));
    }

    /** Whole messages, one after the other. */
    static ByteBuffer encode(List<Message> messages) {
        int length = messages.stream().mapToInt(Message::length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        for (Message message : messages) {
            buffer.putInt(message.type.code());
            buffer.putInt(message.requestId);
            buffer.putInt(message.transactionId);
            buffer.putInt(message.payload.length());
            message.payload.putInto(buffer);
        }
        return buffer.flip();
    }

    private int length() {
        return HEADER_BYTES + payload.length();
    }

    /** Takes the first of several encoded messages, as it is, off their bytes. */
    static ByteBuffer takeEncoded(ByteBuffer messages) {
        ByteBuffer bytes = messages.order(ByteOrder.nativeOrder());
        int length = HEADER_BYTES + bytes.getInt(bytes.position() + LENGTH_AT);
        ByteBuffer first = ByteBuffer.allocate(length)
                .put(bytes.slice(bytes.position(), length))
                .flip();
        bytes.position(bytes.position() + length);
        return first;
    }
}
