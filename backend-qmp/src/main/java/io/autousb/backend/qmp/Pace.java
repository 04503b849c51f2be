package io.autousb.backend.qmp;

import java.time.Duration;

/** How often to look for a guest: often for a while after a change, then as often as costs nothing. Not thread-safe. */
final class Pace {

    private static final Duration FAST = Duration.ofMillis(250);
    private static final long FAST_NANOS = Duration.ofSeconds(10).toNanos();

    private final Duration slow;
    private long changed = System.nanoTime();

    /**
     * Begins fast.
     *
     * @param slow the interval when nothing happens
     */
    Pace(Duration slow) {
        this.slow = slow;
    }

    /** Something has changed. */
    void changed() {
        changed = System.nanoTime();
    }

    /** How long to wait now. */
    Duration next() {
        return at(System.nanoTime());
    }

    Duration at(long now) {
        return now - changed < FAST_NANOS ? FAST : slow;
    }
}
