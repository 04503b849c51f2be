package io.autousb.backend.sim;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbController;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The buses of a host and the addresses on them. Guarded by the host. */
final class HostBuses {

    private static final int MAX_ADDRESS = 127;

    private final List<UsbController> controllers = new ArrayList<>();
    private final Map<Integer, Integer> lastAddress = new HashMap<>();
    private final Set<DeviceAddress> used = new HashSet<>();

    UsbController add(String name) {
        int bus = 2 * controllers.size() + 1;
        UsbController controller = new UsbController(name, List.of(bus, bus + 1));
        controllers.add(controller);
        return controller;
    }

    List<UsbController> controllers() {
        return List.copyOf(controllers);
    }

    /** Addresses go round, as Linux hands them out ({@code drivers/usb/core/hub.c}, {@code choose_devnum}). */
    DeviceAddress nextAddress(int bus) {
        int last = lastAddress.getOrDefault(bus, 0);
        for (int i = 0; i < MAX_ADDRESS; i++) {
            DeviceAddress candidate = new DeviceAddress(bus, (last + i) % MAX_ADDRESS + 1);
            if (used.add(candidate)) {
                lastAddress.put(bus, candidate.device());
                return candidate;
            }
        }
        throw new IllegalArgumentException("bus " + bus + " is full");
    }

    void freeAddress(DeviceAddress address) {
        used.remove(address);
    }

    /** The root hub's port over the same socket. Buses come in pairs; hubs that are plugged in have no twin. */
    Optional<PortPath> peer(PortPath port) {
        if (port.chain().size() != 1) {
            return Optional.empty();
        }
        int twin = port.bus() % 2 == 1 ? port.bus() + 1 : port.bus() - 1;
        return Optional.of(new PortPath(twin, port.chain()));
    }
}
