package io.autousb.backend.qmp;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.SysfsPlaces;
import java.io.IOException;
import java.nio.file.Path;

/** A last look at the host before a device is handed over. */
final class HostDevices {

    private final SysfsPlaces places;

    HostDevices(Path root) {
        this.places = new SysfsPlaces(root);
    }

    /**
     * Whether the place still has the address; another device in the same place has another one.
     *
     * @throws BackendException if that cannot be read
     */
    boolean isThere(UsbDevice device) {
        try {
            return places.addressAt(device.path())
                    .filter(device.address()::equals)
                    .isPresent();
        } catch (IOException e) {
            throw BackendException.of(
                            BackendException.IO, "cannot look whether the device is still there: " + e.getMessage())
                    .where(device)
                    .cause(e)
                    .build();
        }
    }
}
