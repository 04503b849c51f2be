package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direction of a socket: tries, and waits in {@code poll(2)} while nothing can be done. The lock
 * keeps the descriptor open while a call uses it: once closed, its number may be another file's.
 */
final class SocketHalf implements Closeable {

    /** A system call that does not block. */
    @FunctionalInterface
    interface Attempt {
        /** How many bytes were moved, 0 if none could be, -1 at the end. */
        int run(StreamBuffer through) throws IOException;
    }

    private final WakeablePoll poll;
    private final StreamBuffer buffer = new StreamBuffer();
    private final ReentrantLock lock = new ReentrantLock();

    SocketHalf(int fd, short events) throws IOException {
        poll = new WakeablePoll(fd, events);
    }

    int run(AtomicBoolean closed, Deadline deadline, Attempt attempt) throws IOException {
        lock.lock();
        try {
            if (closed.get()) {
                throw new ClosedChannelException();
            }
            while (true) {
                int count = attempt.run(buffer);
                if (count != 0) {
                    return count;
                }
                await(deadline);
                if (closed.get()) {
                    throw new AsynchronousCloseException();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(Deadline deadline) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        if (deadline.hasPassed()) {
            throw new SocketTimeoutException("no answer in time");
        }
        new InterruptibleWait(poll).await(deadline);
    }

    /** Lets a waiting call look again. */
    void wake() {
        poll.wake();
    }

    /** Waits for the call that has just been woken, then frees what it used. */
    @Override
    public void close() {
        lock.lock();
        try {
            poll.close();
            buffer.close();
        } finally {
            lock.unlock();
        }
    }
}
