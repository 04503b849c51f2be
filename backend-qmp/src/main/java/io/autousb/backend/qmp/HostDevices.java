package io.autousb.backend.qmp;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.SysfsPlaces;
import io.autousb.xen.vusb.AttachmentMark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A last look at the host before a device is handed over. */
final class HostDevices {

    private final SysfsPlaces places;

    HostDevices(Path root) {
        this.places = new SysfsPlaces(root);
    }

    /**
     * What has a place now.
     *
     * @throws BackendException if that cannot be read
     */
    Optional<DeviceAddress> addressAt(PortPath path) {
        try {
            return places.addressAt(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static BackendException unreadable(PortPath path, IOException e) {
        return BackendException.of(BackendException.IO, "cannot look what is plugged in: " + e.getMessage())
                .where(path)
                .cause(e)
                .build();
    }

    /**
     * Whether the place still has the address; another device in the same place has another one.
     *
     * @throws BackendException if that cannot be read
     */
    boolean isThere(UsbDevice device) {
        return addressAt(device.path()).filter(device.address()::equals).isPresent();
    }

    /**
     * Whether the kernel resets it just now; to open its node would take until that is over.
     *
     * @throws BackendException if that cannot be read
     */
    boolean isBeingReset(UsbDevice device) {
        try {
            return places.isBeingReset(device.path());
        } catch (IOException e) {
            throw unreadable(device.path(), e);
        }
    }

    /**
     * Whether the place still has the device that an object with an id of libxl's kind is for.
     *
     * @throws BackendException if that cannot be read
     */
    boolean isThere(LedgerNotes.Note note) {
        return addressAt(note.path())
                .map(AttachmentMark::handle)
                .filter(note.handle()::equals)
                .isPresent();
    }
}
