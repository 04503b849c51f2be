package io.autousb.runtime;

import io.autousb.domain.model.PortPath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Counts how many devices came to each port of late, to tell a port that flaps. */
final class PortHistory {

    private final Map<PortPath, Deque<Long>> arrivals = new HashMap<>();
    private final long window;
    private final int limit;

    PortHistory(long windowMillis, int limit) {
        this.window = windowMillis;
        this.limit = limit;
    }

    /** Notes an arrival, and says whether that is one too many. */
    boolean arrived(PortPath port, long now) {
        arrivals.values().removeIf(times -> times.getLast() < now - window);
        Deque<Long> times = arrivals.computeIfAbsent(port, unused -> new ArrayDeque<>());
        while (!times.isEmpty() && times.getFirst() < now - window) {
            times.removeFirst();
        }
        times.addLast(now);
        if (times.size() <= limit) {
            return false;
        }
        times.removeFirst();
        return true;
    }
}
