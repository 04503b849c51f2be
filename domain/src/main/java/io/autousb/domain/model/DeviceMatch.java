package io.autousb.domain.model;

import java.util.List;

/**
 * What a hypervisor looks for when it attaches devices by itself. Each part narrows it down; one that is
 * 0 or empty stands for anything.
 *
 * @param vendor {@code idVendor}, or 0
 * @param product {@code idProduct}, or 0
 * @param bus the bus number, or 0
 * @param chain the port numbers below the root hub, or empty
 */
public record DeviceMatch(int vendor, int product, int bus, List<Integer> chain) {

    /** Copies the list. */
    public DeviceMatch {
        chain = List.copyOf(chain);
    }

    /**
     * Whether the hypervisor would take a device.
     *
     * @param device a device of the host
     * @return true if all parts fit; never for a hub
     */
    public boolean covers(UsbDevice device) {
        return !device.isHub()
                && (vendor == 0 || vendor == device.id().vendor())
                && (product == 0 || product == device.id().product())
                && (bus == 0 || bus == device.path().bus())
                && (chain.isEmpty() || chain.equals(device.path().chain()));
    }
}
