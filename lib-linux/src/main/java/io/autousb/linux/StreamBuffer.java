package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The native memory through which one direction of a stream socket or device goes, used again for each
 * call. Not thread-safe.
 */
final class StreamBuffer implements AutoCloseable {

    /** What all but a few messages fit into; longer ones go in parts. */
    private static final int BYTES = 1 << 14;

    private final Memory memory = new Memory(BYTES);
    private final ByteBuffer view = memory.getByteBuffer(0, BYTES);
    private final MessageHeader header = new MessageHeader(memory);

    /** Does not block. How many bytes came, 0 if none are there, -1 at the end. */
    int receive(int fd, ByteBuffer into) throws IOException {
        header.setLength(Math.min(into.remaining(), BYTES));
        int count = moved(Libc.recvmsg(fd, header.pointer(), Libc.MSG_DONTWAIT), "reading from a socket");
        if (count > 0) {
            into.put(view.clear().limit(count));
        }
        return count;
    }

    /** Does not block. How many bytes went, 0 if none could; the position moves on by them. */
    int send(int fd, ByteBuffer from) throws IOException {
        int length = Math.min(from.remaining(), BYTES);
        view.put(0, from, from.position(), length);
        header.setLength(length);
        int flags = Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL;
        int count = Math.max(0, moved(Libc.sendmsg(fd, header.pointer(), flags), "writing to a socket"));
        from.position(from.position() + count);
        return count;
    }

    /** As {@link #receive}, from a file that was opened not to block. */
    int read(int fd, ByteBuffer into) throws IOException {
        int length = Math.min(into.remaining(), BYTES);
        int count = moved(Libc.read(fd, memory, new NativeLong(length)), "reading from a device");
        if (count > 0) {
            into.put(view.clear().limit(count));
        }
        return count;
    }

    /** Writes in one call, which blocks as long as the device likes. How many bytes went, 0 if none could. */
    int write(int fd, ByteBuffer from) throws IOException {
        int length = Math.min(from.remaining(), BYTES);
        view.put(0, from, from.position(), length);
        return moved(Libc.write(fd, memory, new NativeLong(length)), "writing to a device");
    }

    /** For the result of the call just made, so that errno is still its own. */
    private static int moved(int result, String what) throws IOException {
        if (result > 0) {
            return result;
        }
        if (result == 0) {
            return -1;
        }
        int errno = Native.getLastError();
        if (errno == Libc.EAGAIN || errno == Libc.EINTR) {
            return 0;
        }
        throw Libc.failure(what, errno);
    }

    @Override
    public void close() {
        header.close();
        memory.close();
    }
}
