package io.autousb.qmp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines of at most {@value #MAX_LENGTH} bytes. Not thread-safe.
 *
 * <p>QEMU's own bounds are far larger, and an answer has none; the longest that exists, {@code
 * query-qmp-schema}, has 240 KB. libxl has the same limit ({@code QMP_MAX_SIZE_RX_BUF}).
 */
final class QmpLines {

    static final int MAX_LENGTH = 1 << 20;

    private static final int USUAL_LENGTH = 1 << 13;

    private byte[] bytes = new byte[USUAL_LENGTH];
    private int start;
    private int scanned;
    private int end;

    /** Room for more bytes, to be confirmed by {@link #added}. */
    ByteBuffer room() throws QmpProtocolException {
        if (end == bytes.length) {
            makeRoom();
        }
        return ByteBuffer.wrap(bytes, end, bytes.length - end);
    }

    void added(int count) {
        end += count;
    }

    /** The next line that is there: its bytes are between {@link #from} and the result. -1 if there is none. */
    int next() {
        from = start;
        while (scanned < end) {
            if (bytes[scanned++] == '\n') {
                start = scanned;
                int to = scanned - 1;
                return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
            }
        }
        return -1;
    }

    private int from;

    /** The bytes of the line that {@link #next} found. */
    byte[] line(int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private void makeRoom() throws QmpProtocolException {
        int length = end - start;
        if (length >= MAX_LENGTH) {
            throw new QmpProtocolException("a line of more than " + MAX_LENGTH + " bytes");
        }
        int capacity = Math.min(MAX_LENGTH, Math.max(USUAL_LENGTH, length * 2));
        bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, start, end), capacity);
        scanned -= start;
        start = 0;
        end = length;
    }
}
