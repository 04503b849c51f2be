package io.autousb.linux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The devices that the kernel has found but not configured yet, and what was read ahead of them. Thread-safe. */
final class Arrivals {

    /** Whether the reading ahead has begun, of each that arrives. */
    private final Map<String, Boolean> begun = new ConcurrentHashMap<>();

    private final Map<String, Stay> stays = new ConcurrentHashMap<>();

    void begin(String name) {
        stays.remove(name);
        begun.put(name, false);
    }

    /** Keeps what was read, unless the device has gone meanwhile. */
    void readAhead(String name, Stay stay) {
        if (begun.containsKey(name)) {
            stays.put(name, stay);
        }
    }

    /** Whether it is to be read ahead now: once in an arrival. */
    boolean configuring(String name) {
        return begun.replace(name, false, true);
    }

    boolean contains(String name) {
        return begun.containsKey(name);
    }

    /** Hands over what was read ahead, which may be of another stay by now. */
    @Nullable
    Stay take(String name) {
        return stays.remove(name);
    }

    /** The device is configured. */
    void end(String name) {
        begun.remove(name);
    }

    /** The device is gone. */
    void forget(String name) {
        begun.remove(name);
        stays.remove(name);
    }

    void clear() {
        begun.clear();
        stays.clear();
    }
}
