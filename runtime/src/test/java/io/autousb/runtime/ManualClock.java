package io.autousb.runtime;

import io.autousb.domain.port.MonotonicClock;
import java.time.Duration;

/** Time that moves when told, and by a nanosecond at each look: no two moments are the same. */
final class ManualClock implements MonotonicClock {

    private long nanos = Duration.ofHours(1).toNanos();

    @Override
    public synchronized long nanos() {
        return nanos++;
    }

    synchronized void advanceTo(long time) {
        nanos = Math.max(nanos, time);
    }
}
