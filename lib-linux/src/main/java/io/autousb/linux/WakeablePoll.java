package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.Closeable;
import java.io.IOException;

/**
 * Waits in {@code poll(2)} for descriptors, until one is ready or another thread wakes it through an
 * eventfd. One thread waits at a time.
 */
final class WakeablePoll implements Closeable {

    // struct pollfd: int fd, short events, short revents; the first one is for the eventfd
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int POLLFD_BYTES = 8;

    private final int wakeFd;
    private final NativeLong count;
    private final int counter;
    private final Memory memory;
    private boolean closed;

    WakeablePoll(int fd, short events) throws IOException {
        this(events, new int[] {fd});
    }

    /** Waits until one of some descriptors can be read. */
    static WakeablePoll reading(int... fds) throws IOException {
        return new WakeablePoll(Libc.POLLIN, fds);
    }

    private WakeablePoll(short events, int[] fds) throws IOException {
        wakeFd = Libc.check(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK), "opening an eventfd");
        count = new NativeLong(fds.length + 1L);
        counter = (fds.length + 1) * POLLFD_BYTES;
        memory = new Memory(counter + (long) Long.BYTES);
        memory.clear();
        set(0, wakeFd, Libc.POLLIN);
        for (int i = 0; i < fds.length; i++) {
            set(i + 1, fds[i], events);
        }
    }

    private void set(int index, int fd, short events) {
        memory.setInt((long) index * POLLFD_BYTES, fd);
        memory.setShort((long) index * POLLFD_BYTES + EVENTS, events);
    }

    /** Waits no more for a descriptor, by its place among them: at its end it would always be ready. */
    void drop(int index) {
        set(index + 1, -1, (short) 0);
    }

    /** Returns when it is worth to look again, which may be for nothing. Not during or after {@link #close}. */
    void await(Deadline deadline) throws IOException {
        int millis = deadline == Deadline.NEVER ? -1 : deadline.remainingMillis();
        int ready = Libc.poll(memory, count, millis);
        if (ready < 0) {
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw Libc.failure("waiting for a descriptor", errno);
            }
        } else if (memory.getShort(REVENTS) != 0) {
            Libc.eventfd_read(wakeFd, memory.share(counter));
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
