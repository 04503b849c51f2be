package io.autousb.linux;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A quick look at what is plugged into a place, without reading the host. Immutable, thread-safe. */
public final class SysfsPlaces {

    private final SysfsTree tree;

    /**
     * Reads nothing yet.
     *
     * @param root the root folder below which {@code /sys} is looked for
     */
    public SysfsPlaces(Path root) {
        this.tree = new SysfsTree(root);
    }

    /**
     * The address of what is plugged into a place now. One attribute that answers at once: the number of its bus is the
     * first of its name (Linux {@code drivers/usb/core/usb.c}, {@code usb_alloc_dev}).
     *
     * @param place where
     * @return its address, or empty if nothing is there
     * @throws IOException if reading fails, so that nobody knows
     */
    public Optional<DeviceAddress> addressAt(PortPath place) throws IOException {
        int device = DeviceNumber.of(tree, place.toString());
        return device < 0 ? Optional.empty() : Optional.of(new DeviceAddress(place.bus(), device));
    }

    /**
     * Whether the kernel resets the device in a place just now. It holds the device's lock meanwhile, which whoever opens
     * its node takes, for a minute if the device has been pulled out.
     *
     * @param place where
     * @return false also if nothing is there
     * @throws IOException if reading fails, so that nobody knows
     */
    public boolean isBeingReset(PortPath place) throws IOException {
        return DeviceNumber.isHidden(tree, place.toString());
    }
}
