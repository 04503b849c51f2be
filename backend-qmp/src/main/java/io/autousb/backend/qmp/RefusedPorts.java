package io.autousb.backend.qmp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Ports that QEMU said are in use though nothing shows there: a device that was added without a port
 * does not tell where it is. Kept until something is unplugged. Thread-safe.
 */
final class RefusedPorts {

    private final Map<String, Set<Integer>> byBus = new HashMap<>();

    synchronized void add(String bus, int port) {
        byBus.computeIfAbsent(bus, key -> new HashSet<>()).add(port);
    }

    synchronized Set<Integer> of(String bus) {
        return Set.copyOf(byBus.getOrDefault(bus, Set.of()));
    }

    synchronized void clear() {
        byBus.clear();
    }
}
