package io.autousb.linux;

import io.autousb.domain.port.BackendException;
import org.jspecify.annotations.Nullable;

/**
 * Passes hints on to the one listener of a device source, until it is closed: once {@link #close} has
 * returned, the listener is not called any more, unless {@code close} was called by the listener itself.
 * Thread-safe; the listener is called by one thread at a time.
 */
public final class HintGate implements AutoCloseable {

    private @Nullable Runnable listener;
    private boolean closed;

    /** Closed to the hints of nobody yet. */
    public HintGate() {}

    /**
     * Sets the listener.
     *
     * @param newListener who is told
     * @throws BackendException if this is closed
     */
    public synchronized void open(Runnable newListener) {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the device source is closed")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
        listener = newListener;
    }

    /** Tells the listener, if there is one, that something may have changed. */
    public synchronized void hint() {
        if (listener != null) {
            listener.run();
        }
    }

    /**
     * Whether nobody is told any more.
     *
     * @return true after {@link #close}
     */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** Stops telling. Waits for a call under way. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        listener = null;
    }
}
