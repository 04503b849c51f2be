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
     * The address of what is plugged into a place now. Two attributes that answer at once.
     *
     * @param place where
     * @return its address, or empty if nothing is there
     * @throws IOException if reading fails, so that nobody knows
     */
    public Optional<DeviceAddress> addressAt(PortPath place) throws IOException {
        try (HeldFolder folder = tree.open(place.toString())) {
            return folder == null ? Optional.empty() : Optional.ofNullable(DeviceIdentity.address(folder));
        }
    }
}
