package io.autousb.domain.model;

import java.util.List;

/**
 * A guest's virtual USB controller.
 *
 * @param id how the hypervisor names it, or its bus: {@code xhci.0}
 * @param usbVersion 1, 2 or 3
 * @param ports its ports, used ones included, in the order in which they are to be used
 */
public record GuestController(String id, int usbVersion, List<GuestPort> ports) {

    /** Checks the version and copies the list. */
    public GuestController {
        requireVersion(usbVersion);
        ports = List.copyOf(ports);
    }

    /**
     * Checks a USB version.
     *
     * @param usbVersion the version
     * @throws IllegalArgumentException unless it is 1, 2 or 3
     */
    public static void requireVersion(int usbVersion) {
        if (usbVersion < 1 || usbVersion > 3) {
            throw new IllegalArgumentException("a controller's USB version is 1, 2 or 3, not " + usbVersion);
        }
    }
}
