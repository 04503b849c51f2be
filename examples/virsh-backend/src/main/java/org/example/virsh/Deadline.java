package org.example.virsh;

import java.time.Duration;

/** A moment by which something has to be done. */
record Deadline(long nanos) {

    static Deadline after(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    boolean hasPassed() {
        return remaining().isZero();
    }

    /** This one, or that many milliseconds from now if that is earlier. */
    Deadline orAfterMillis(long millis) {
        return new Deadline(Math.min(nanos, System.nanoTime() + millis * 1_000_000));
    }
}
