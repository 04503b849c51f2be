package io.autousb.xen.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages. Not thread-safe.
 *
 * <p>A payload may have {@value #MAX_PAYLOAD} bytes: the specification's limit is 4096, but oxenstored sends a
 * whole list through its socket, whatever its length ({@code oxenstored/connection.ml}, {@code packet_of}).
 */
final class MessageDecoder {

    static final int MAX_PAYLOAD = 1 << 16;

    private static final int USUAL_BYTES = 1 << 13;

    private byte[] bytes = new byte[USUAL_BYTES];
    private int start;
    private int end;

    /** Room for more bytes, to be confirmed by {@link #added}. */
    ByteBuffer room() {
        if (end == bytes.length) {
            makeRoom();
        }
        return ByteBuffer.wrap(bytes, end, bytes.length - end);
    }

    void added(int count) {
        end += count;
    }

    /** The next message that is there whole, or null. */
    @Nullable
    Message next() throws XenstoreProtocolException {
        if (end - start < Message.HEADER_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, start, Message.HEADER_BYTES).order(ByteOrder.nativeOrder());
        MessageType type = MessageType.of(header.getInt());
        int requestId = header.getInt();
        int transactionId = header.getInt();
        long length = Integer.toUnsignedLong(header.getInt());
        if (type == null) {
            throw new XenstoreProtocolException("a message of no known type");
        }
        if (length > MAX_PAYLOAD) {
            throw new XenstoreProtocolException("a message of " + length + " bytes");
        }
        int from = start + Message.HEADER_BYTES;
        if (end - from < length) {
            return null;
        }
        start = from + (int) length;
        return new Message(type, requestId, transactionId, Payload.of(Arrays.copyOfRange(bytes, from, start)));
    }

    /** Bounded: all that is not a whole message is less than a header and the longest payload. */
    private void makeRoom() {
        int length = end - start;
        int capacity = length < USUAL_BYTES ? USUAL_BYTES : Message.HEADER_BYTES + MAX_PAYLOAD;
        bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, start, end), capacity);
        start = 0;
        end = length;
    }
}
