package io.autousb.xen.repair;

import io.autousb.xen.guest.XenGuest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Remembers since when leftovers have been seen. Used under the lock of {@link LeftoverRepair}. */
final class FirstSeen {

    /** Of guests that have ended nobody tells; the ones not looked at for longest are forgotten. */
    private static final int MAX_GUESTS = 1024;

    private final LongSupplier clock;
    private final Map<String, Map<String, Long>> guests = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Long>> eldest) {
            return size() > MAX_GUESTS;
        }
    };

    FirstSeen(LongSupplier clock) {
        this.clock = clock;
    }

    /** A guest was looked at, and this is all there is. */
    void retain(XenGuest guest, List<Leftover> found) {
        if (found.isEmpty()) {
            guests.remove(key(guest));
            return;
        }
        guests.computeIfAbsent(key(guest), missing -> new HashMap<>())
                .keySet()
                .retainAll(found.stream().map(Leftover::key).collect(Collectors.toSet()));
    }

    /** How long it has been there, without a look at which it was not. */
    Duration age(Leftover leftover) {
        long now = clock.getAsLong();
        Long first = guests.computeIfAbsent(key(leftover.guest()), missing -> new HashMap<>())
                .putIfAbsent(leftover.key(), now);
        return Duration.ofNanos(first == null ? 0 : now - first);
    }

    private static String key(XenGuest guest) {
        return guest.id() + " " + guest.instance();
    }
}
