package io.autousb.backend.libxlcli;

import io.autousb.xen.guest.XenGuest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers things of guests' lives. Bounded: nobody tells of lives that have ended, so those that were not asked about
 * for longest are forgotten. Thread-safe.
 *
 * @param <T> what is remembered, a value
 */
final class PerLife<T> {

    private static final int MAX_LIVES = 256;

    private final Map<String, Set<T>> lives = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<T>> eldest) {
            return size() > MAX_LIVES;
        }
    };

    synchronized void add(XenGuest guest, T thing) {
        lives.computeIfAbsent(guest.instance(), unseen -> new HashSet<>()).add(thing);
    }

    synchronized List<T> of(XenGuest guest) {
        return new ArrayList<>(lives.getOrDefault(guest.instance(), Set.of()));
    }

    synchronized void remove(XenGuest guest, T thing) {
        Set<T> things = lives.get(guest.instance());
        if (things != null && things.remove(thing) && things.isEmpty()) {
            lives.remove(guest.instance());
        }
    }
}
