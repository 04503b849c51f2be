package io.autousb.linux;

import java.time.Duration;

/** A moment by which something has to be done. Immutable. */
final class Deadline {

    /** The moment that does not come. */
    static final Deadline NEVER = new Deadline(0, false);

    private static final long MAX_NANOS = Long.MAX_VALUE / 2;

    private final long nanos;
    private final boolean comes;

    private Deadline(long nanos, boolean comes) {
        this.nanos = nanos;
        this.comes = comes;
    }

    /** So long from now. */
    static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + bounded(timeout), true);
    }

    private static long bounded(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(Duration.ofNanos(MAX_NANOS)) > 0 ? MAX_NANOS : timeout.toNanos();
    }

    /** The earlier of the two. */
    Deadline orEarlier(Deadline other) {
        if (!comes || !other.comes) {
            return comes ? this : other;
        }
        return nanos - other.nanos <= 0 ? this : other;
    }

    boolean hasPassed() {
        return comes && nanos - System.nanoTime() <= 0;
    }

    /** Nanoseconds left, at least 0. */
    long remainingNanos() {
        return comes ? Math.max(0, nanos - System.nanoTime()) : Long.MAX_VALUE;
    }

    /** Milliseconds left, rounded up, as system calls take them. */
    int remainingMillis() {
        long left = remainingNanos();
        long millis = left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1);
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }
}
