package io.autousb.domain.plan;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbSpeed;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A guest's free ports, handed out once each, in the adapter's order.
 *
 * <p>A device goes only where its own speed is spoken. QEMU would take some faster devices on slower
 * ports, but whether it does depends on their endpoints, and a refusal resets the device (QEMU {@code
 * hw/usb/host-libusb.c}, {@code usb_host_speed_compat}).
 */
final class FreePorts {

    private static final Set<UsbSpeed> FULL_AND_LOW = Set.of(UsbSpeed.LOW, UsbSpeed.FULL);

    private final List<GuestPort> free = new ArrayList<>();

    FreePorts(GuestInspection inspection, List<GuestPort> refused) {
        for (GuestController controller : inspection.controllers()) {
            for (GuestPort port : controller.ports()) {
                if (port.free() && refused.stream().noneMatch(port::isSamePort)) {
                    free.add(port);
                }
            }
        }
    }

    @Nullable
    GuestPort take(UsbSpeed speed) {
        for (Iterator<GuestPort> ports = free.iterator(); ports.hasNext(); ) {
            GuestPort port = ports.next();
            if (speed == UsbSpeed.UNKNOWN || port.speeds().contains(spoken(speed))) {
                ports.remove();
                return port;
            }
        }
        return null;
    }

    /** Why there is no port for a speed, one line, safe to print. */
    String lack(UsbSpeed speed) {
        if (free.isEmpty()) {
            return "no port is free";
        }
        Map<String, Set<UsbSpeed>> speeds = new TreeMap<>();
        for (GuestPort port : free) {
            speeds.computeIfAbsent(port.controller(), unused -> new TreeSet<>()).addAll(port.speeds());
        }
        return speeds.entrySet().stream()
                .map(each -> UntrustedText.of(each.getKey()) + " takes "
                        + each.getValue().stream().map(UsbSpeed::toString).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; ", "no free port fits the device's speed of " + speed + " Mb/s (", ")"));
    }

    /** Whether a controller that would be made has ports for a speed (a USB 2 one is a bare EHCI). */
    static boolean controllerTakes(int usbVersion, UsbSpeed speed) {
        return switch (usbVersion) {
            case 1 -> speed == UsbSpeed.UNKNOWN || FULL_AND_LOW.contains(speed);
            case 2 -> speed == UsbSpeed.UNKNOWN || speed == UsbSpeed.HIGH;
            default -> true;
        };
    }

    /** Guests' SuperSpeed ports are of one kind. */
    private static UsbSpeed spoken(UsbSpeed speed) {
        return speed == UsbSpeed.SUPER_PLUS ? UsbSpeed.SUPER : speed;
    }
}
