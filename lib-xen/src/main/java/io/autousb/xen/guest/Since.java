package io.autousb.xen.guest;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Remembers for how long something has been seen of guests' instances. Thread-safe. */
final class Since {

    private final LongSupplier clock;
    private final Map<String, Long> first = new ConcurrentHashMap<>();

    Since(LongSupplier clock) {
        this.clock = clock;
    }

    /** It is seen, or seen still: for how long. */
    Duration seen(String instance) {
        long now = clock.getAsLong();
        Long before = first.putIfAbsent(instance, now);
        return Duration.ofNanos(before == null ? 0 : now - before);
    }

    /** It is not seen any more. */
    void ended(String instance) {
        first.remove(instance);
    }

    /** Forgets all other instances. */
    void retain(Collection<String> instances) {
        first.keySet().retainAll(instances);
    }
}
