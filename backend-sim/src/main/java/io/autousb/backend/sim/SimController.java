package io.autousb.backend.sim;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbSpeed;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A guest's virtual controller.
 *
 * @param id its name
 * @param usbVersion 1, 2 or 3
 * @param ports how many ports it has
 */
record SimController(String id, int usbVersion, int ports) {

    private static final int XHCI_PORTS = 15;
    private static final int EHCI_PORTS = 6;
    private static final int UHCI_PORTS = 2;

    SimController {
        GuestController.requireVersion(usbVersion);
    }

    /** A controller as QEMU makes it. */
    static SimController full(int number, int usbVersion) {
        return new SimController(name(number, usbVersion), usbVersion, usualPorts(usbVersion));
    }

    static SimController of(int number, int usbVersion, int ports) {
        return new SimController(name(number, usbVersion), usbVersion, ports);
    }

    private static String name(int number, int usbVersion) {
        return switch (usbVersion) {
                    case 1 -> "uhci.";
                    case 2 -> "ehci.";
                    default -> "xhci.";
                }
                + number;
    }

    private static int usualPorts(int usbVersion) {
        return switch (usbVersion) {
            case 1 -> UHCI_PORTS;
            case 2 -> EHCI_PORTS;
            default -> XHCI_PORTS;
        };
    }

    /** QEMU's EHCI has no companion when it is hot-plugged, and takes high speed only. */
    private Set<UsbSpeed> speeds() {
        return switch (usbVersion) {
            case 1 -> EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL);
            case 2 -> EnumSet.of(UsbSpeed.HIGH);
            default -> EnumSet.range(UsbSpeed.LOW, UsbSpeed.SUPER_PLUS);
        };
    }

    GuestController toModel(Predicate<GuestPort> used) {
        Set<UsbSpeed> speeds = speeds();
        return new GuestController(
                id,
                usbVersion,
                IntStream.rangeClosed(1, ports)
                        .mapToObj(number -> new GuestPort(id, number, speeds, true))
                        .map(port -> used.test(port) ? port.occupied() : port)
                        .toList());
    }
}
