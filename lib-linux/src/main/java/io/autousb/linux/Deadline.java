package io.autousb.linux;

import java.time.Duration;

/** A moment by which something has to be done, however many steps it takes. Immutable. */
public final class Deadline {

    /** The moment that does not come. */
    public static final Deadline NEVER = new Deadline(0, false);

    private static final long MAX_NANOS = Long.MAX_VALUE / 2;

    private final long nanos;
    private final boolean comes;

    private Deadline(long nanos, boolean comes) {
        this.nanos = nanos;
        this.comes = comes;
    }

    /**
     * So long from now.
     *
     * @param timeout the time that is left; zero or less has passed already
     * @return the deadline
     */
    public static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + bounded(timeout), true);
    }

    private static long bounded(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(Duration.ofNanos(MAX_NANOS)) > 0 ? MAX_NANOS : timeout.toNanos();
    }

    /**
     * The same moment, brought forward.
     *
     * @param by how much earlier
     * @return the earlier deadline
     */
    public Deadline earlier(Duration by) {
        return comes ? new Deadline(nanos - by.toNanos(), true) : this;
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

    /**
     * What is left.
     *
     * @return nanoseconds, at least 0
     */
    public long remainingNanos() {
        return comes ? Math.max(0, nanos - System.nanoTime()) : Long.MAX_VALUE;
    }

    /**
     * What is left.
     *
     * @return a duration, at least zero
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /** Milliseconds left, rounded up, as system calls take them. */
    int remainingMillis() {
        long left = remainingNanos();
        long millis = left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1);
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }
}
