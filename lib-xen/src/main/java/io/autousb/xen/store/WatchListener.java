package io.autousb.xen.store;

/**
 * Is told to look. Called on the one callback thread of its {@link Xenstore}, one call at a time over
 * all watches; so it returns soon. It may use the xenstore, add watches and close them.
 */
@FunctionalInterface
public interface WatchListener {

    /**
     * Something may have changed, at or below a place: look there. Comes once without a change when the
     * watch is in place, and again with the watch's own target whenever changes may have been missed,
     * such as after the connection was lost. Many changes may be told of in one call, never a change by
     * no call after it. What this throws is logged.
     *
     * @param where the watch's own target, or a path below it
     */
    void changed(WatchTarget where);
}
