package io.autousb.linux;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The devices that the kernel has found but not configured yet, and what was read ahead of them. Thread-safe. */
final class Arrivals {

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final Map<String, Stay> stays = new ConcurrentHashMap<>();

    void begin(String name) {
        stays.remove(name);
        names.add(name);
    }

    /** Keeps what was read, unless the device has gone meanwhile. */
    void readAhead(String name, @Nullable Stay stay) {
        if (stay != null && names.contains(name)) {
            stays.put(name, stay);
        }
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    /** Hands over what was read ahead, which may be of another stay by now. */
    @Nullable
    Stay take(String name) {
        return stays.remove(name);
    }

    /** The device is configured. */
    void end(String name) {
        names.remove(name);
    }

    /** The device is gone. */
    void forget(String name) {
        names.remove(name);
        stays.remove(name);
    }

    void clear() {
        names.clear();
        stays.clear();
    }
}
