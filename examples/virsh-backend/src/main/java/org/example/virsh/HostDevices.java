package org.example.virsh;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A last look at the host, right before a device is handed on. */
final class HostDevices {

    private final Path folder;

    HostDevices(Path root) {
        this.folder = root.resolve("sys/bus/usb/devices");
    }

    /** Whether the very device is still where it was. */
    boolean isThere(UsbDevice device) {
        Path attribute = folder.resolve(device.path().toString()).resolve("devnum");
        try {
            return Files.readString(attribute).strip().equals(Integer.toString(device.address().device()));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw BackendException.of(BackendException.IO, "the host's devices cannot be looked at")
                    .where(attribute)
                    .cause(e)
                    .build();
        }
    }

    void requireThere(UsbDevice device) {
        if (!isThere(device)) {
            throw BackendException.of(BackendException.DEVICE_GONE, "the device is not there any more")
                    .where(device)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
    }
}
