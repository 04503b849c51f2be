package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.Closeable;
import java.io.IOException;

/**
 * Waits in {@code poll(2)} for a descriptor, until that is ready or another thread wakes it through an
 * eventfd. One thread waits at a time.
 */
final class WakeablePoll implements Closeable {

    // struct pollfd: int fd, short events, short revents; the second one is for the eventfd
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int POLLFD_BYTES = 8;
    private static final NativeLong COUNT = new NativeLong(2);

    private static final int COUNTER = 2 * POLLFD_BYTES;

    private final int wakeFd;
    private final Memory memory = new Memory(COUNTER + Long.BYTES);
    private boolean closed;

    WakeablePoll(int fd, short events) throws IOException {
        wakeFd = Libc.check(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK), "opening an eventfd");
        memory.clear();
        memory.setInt(0, fd);
        memory.setShort(EVENTS, events);
        memory.setInt(POLLFD_BYTES, wakeFd);
        memory.setShort(POLLFD_BYTES + EVENTS, Libc.POLLIN);
    }

    /** Returns when it is worth to look again, which may be for nothing. Not during or after {@link #close}. */
    void await(Deadline deadline) throws IOException {
        int millis = deadline == Deadline.NEVER ? -1 : deadline.remainingMillis();
        int ready = Libc.poll(memory, COUNT, millis);
        if (ready < 0) {
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw Libc.failure("waiting for a socket", errno);
            }
        } else if (memory.getShort(POLLFD_BYTES + REVENTS) != 0) {
            Libc.eventfd_read(wakeFd, memory.share(COUNTER));
        }
    }

    /** Ends the wait that is under way, or else the next one. Does nothing once this is closed. */
    synchronized void wake() {
        if (!closed) {
            Libc.eventfd_write(wakeFd, 1);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.close(wakeFd);
            memory.close();
        }
    }
}
