package io.autousb.domain.model;

import java.util.List;

/**
 * A hub and its ports. Hubs are never handed to a guest.
 *
 * @param device the hub as a device
 * @param ports its ports, by number; empty while it is not configured
 */
public record Hub(UsbDevice device, List<Port> ports) {

    /** Copies the list. */
    public Hub {
        if (!device.isHub()) {
            throw new IllegalArgumentException(device + " is no hub");
        }
        ports = List.copyOf(ports);
    }

    /**
     * Where the hub is.
     *
     * @return its place
     */
    public PortPath path() {
        return device.path();
    }
}
