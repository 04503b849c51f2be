package io.autousb.runtime;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.plan.Failure;
import io.autousb.domain.plan.FailureKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * What failed how often, and when it may be tried again: later each time, in the end not at all. Only
 * something new begins afresh, and it does so by having another key.
 */
final class FailureBook {

    private static final double JITTER = 0.2;
    /** Failures that lie further apart are not of one row: cures of a device that stays for months. */
    private static final long IN_A_ROW_MILLIS = Duration.ofMinutes(10).toMillis();

    private final Map<FailureKey, Failure> failures = new HashMap<>();
    private final Timings timings;
    private final DoubleSupplier random;

    FailureBook(Timings timings, DoubleSupplier random) {
        this.timings = timings;
        this.random = random;
    }

    /** Counts a failure, and says after what time the step may be tried again. */
    Optional<Duration> backOff(FailureKey key, long now, String reason) {
        Failure before = failures.get(key);
        boolean longAgo = before != null && before.nextTry() < now - IN_A_ROW_MILLIS;
        int count = longAgo ? 1 : count(key) + 1;
        if (count >= timings.maxFailures()) {
            rest(key, count + " times in a row: " + reason);
            return Optional.empty();
        }
        Duration delay = delay(count);
        failures.put(key, new Failure(count, now + delay.toMillis(), false, reason));
        return Optional.of(delay);
    }

    /** Tries no more before something new happens. */
    void rest(FailureKey key, String reason) {
        failures.put(key, new Failure(count(key) + 1, Failure.NEVER, false, reason));
    }

    /** Waits for a change without counting. */
    void await(FailureKey key, long now, boolean untilInitialized, String reason) {
        long fallback = now + timings.changeFallback().toMillis();
        failures.put(key, new Failure(count(key), fallback, untilInitialized, reason));
    }

    void succeeded(FailureKey key) {
        failures.remove(key);
    }

    void forget(GuestId guest) {
        failures.keySet().removeIf(key -> key.guest().equals(guest));
    }

    /** Drops what was counted for a device that is gone for good. */
    void forget(Generation device) {
        failures.keySet().removeIf(key -> key.subject().endsWith(" " + device));
    }

    void clear() {
        failures.clear();
    }

    Map<FailureKey, Failure> all() {
        return failures;
    }

    /** The delay after so many failures in a row. */
    Duration delay(int count) {
        double millis = timings.firstBackOff().toMillis() * Math.pow(2, count - 1.0);
        double capped = Math.min(millis, (double) timings.maxBackOff().toMillis());
        return Duration.ofMillis(Math.round(capped * (1 - JITTER + 2 * JITTER * random.getAsDouble())));
    }

    private int count(FailureKey key) {
        Failure failure = failures.get(key);
        return failure == null ? 0 : failure.count();
    }
}
