package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import jnr.enxio.channels.NativeSelectorProvider;
import jnr.unixsocket.UnixSocketChannel;

/**
 * One direction of a non-blocking socket: tries, and waits in {@code poll(2)} while nothing can be done.
 * The lock keeps the descriptor open while a call uses it: once closed, its number may be another
 * file's.
 */
final class SocketHalf implements Closeable {

    /** A system call that does not block. */
    @FunctionalInterface
    interface Attempt {
        /** How many bytes were moved, 0 if none could be, -1 at the end. */
        int run() throws IOException;
    }

    private final Selector selector;
    private final ReentrantLock lock = new ReentrantLock();

    SocketHalf(UnixSocketChannel channel, int operation) throws IOException {
        selector = NativeSelectorProvider.getInstance().openSelector();
        try {
            channel.register(selector, operation);
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    int run(AtomicBoolean closed, Deadline deadline, Attempt attempt) throws IOException {
        lock.lock();
        try {
            if (closed.get()) {
                throw new ClosedChannelException();
            }
            while (true) {
                int count = attempt.run();
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
        int millis = deadline.remainingMillis();
        if (millis == 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        if (deadline == Deadline.NEVER) {
            selector.select();
        } else {
            selector.select(millis);
        }
        selector.selectedKeys().clear();
    }

    /** Lets a waiting call look again. Not after {@link #close}. */
    void wake() {
        selector.wakeup();
    }

    /** Waits for the call that has just been woken, then frees the selector. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            selector.close();
        } finally {
            lock.unlock();
        }
    }
}
