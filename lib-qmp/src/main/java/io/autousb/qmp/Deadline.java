package io.autousb.qmp;

import java.time.Duration;

/** A moment by which something has to be done, however many steps it takes. Immutable. */
public final class Deadline {

    private static final long MAX_NANOS = Long.MAX_VALUE / 2;

    private final long nanos;

    private Deadline(long nanos) {
        this.nanos = nanos;
    }

    /**
     * So long from now.
     *
     * @param timeout the time that is left; zero or less has passed already
     * @return the deadline
     */
    public static Deadline after(Duration timeout) {
        boolean far = timeout.compareTo(Duration.ofNanos(MAX_NANOS)) > 0;
        return new Deadline(System.nanoTime() + (far ? MAX_NANOS : Math.max(0, timeout.toNanos())));
    }

    /**
     * The same moment, brought forward.
     *
     * @param by how much earlier
     * @return the earlier deadline
     */
    public Deadline earlier(Duration by) {
        return new Deadline(nanos - by.toNanos());
    }

    /**
     * What is left.
     *
     * @return nanoseconds, at least 0
     */
    public long remainingNanos() {
        return Math.max(0, nanos - System.nanoTime());
    }

    /**
     * What is left.
     *
     * @return a duration, at least zero
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }
}
