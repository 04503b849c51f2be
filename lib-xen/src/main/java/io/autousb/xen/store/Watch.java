package io.autousb.xen.store;

/** A watch that stays until it is closed, over all connections. Thread-safe. */
public interface Watch extends AutoCloseable {

    /**
     * Ends the watch, without waiting for xenstored. When this returns, the listener is not called any more,
     * unless this is called by a listener; a listener that does not return is waited for a second.
     * Idempotent.
     */
    @Override
    void close();
}
