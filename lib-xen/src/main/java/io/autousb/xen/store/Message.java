package io.autousb.xen.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

    /** The whole message, to be written in one piece. */
    ByteBuffer encode() {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + payload.length()).order(ByteOrder.nativeOrder());
        buffer.putInt(type.code());
        buffer.putInt(requestId);
        buffer.putInt(transactionId);
        buffer.putInt(payload.length());
        payload.putInto(buffer);
        return buffer.flip();
    }
}
