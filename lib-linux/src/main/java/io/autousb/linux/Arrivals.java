package io.autousb.linux;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The devices that the kernel has found but not configured yet, what was read ahead of them, and those that it has
 * just configured. Thread-safe.
 */
final class Arrivals {

    /** The names of those that arrive. */
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    private final Map<String, Stay> stays = new ConcurrentHashMap<>();

    /** The numbers on their buses of those that were configured and have not been looked at since. */
    private final Map<String, Integer> configured = new HashMap<>();

    void begin(String name) {
        forget(name);
        begun.add(name);
    }

    /** Keeps what was read, unless the device has gone meanwhile. */
    void readAhead(String name, Stay stay) {
        if (begun.contains(name)) {
            stays.put(name, stay);
        }
    }

    boolean contains(String name) {
        return begun.contains(name);
    }

    /** Hands over what was read ahead, which may be of another stay by now. */
    @Nullable
    Stay take(String name) {
        return stays.remove(name);
    }

    /** The device has all its interfaces by now, if it is the one with this number. */
    synchronized void configured(String name, int devnum) {
        configured.put(name, devnum);
        end(name);
    }

    /**
     * How far the kernel was with devices at one moment.
     *
     * @param arriving the names of those that it was at
     * @param configured the numbers of those that it had configured, by name: whatever is listed from then on has all their
     *     interfaces
     */
    record Moment(Set<String> arriving, Map<String, Integer> configured) {}

    /** What there is now. */
    synchronized Moment now() {
        return new Moment(Set.copyOf(begun), Map.copyOf(configured));
    }

    /** Somebody has looked at the device of this number since it was configured. */
    synchronized void seenConfigured(String name, int devnum) {
        configured.remove(name, devnum);
    }

    /** Nobody waits any longer for the device to be configured. */
    void end(String name) {
        begun.remove(name);
    }

    /** The device is gone. */
    synchronized void forget(String name) {
        begun.remove(name);
        stays.remove(name);
        configured.remove(name);
    }

    synchronized void clear() {
        begun.clear();
        stays.clear();
        configured.clear();
    }
}
