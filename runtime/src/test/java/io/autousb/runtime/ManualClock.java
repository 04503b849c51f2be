package io.autousb.runtime;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Time that moves when told, and by a nanosecond at each look: no two moments are the same. */
final class ManualClock implements LongSupplier {

    private long nanos = Duration.ofHours(1).toNanos();

    @Override
    public long getAsLong() {
        return nanos();
    }

    synchronized long nanos() {
        return nanos++;
    }

    synchronized void advanceTo(long time) {
        nanos = Math.max(nanos, time);
    }
}
