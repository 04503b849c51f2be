package org.example.virsh;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A last look at the host, right before a device is handed on. */
final class HostDevices {

    private final Path folder;

    HostDevices(Path root) {
        this.folder = root.resolve("sys/bus/usb/devices");
    }

    /** Whether the very device is still where it was. */
    boolean isThere(UsbDevice device) {
        Path place = folder.resolve(device.path().toString());
        Path attribute = place.resolve("devnum");
        try {
            String number = Files.readString(attribute).strip();
            return number.equals(Integer.toString(device.address().device()))
                    || number.equals("0") && node(place).equals("189:" + minor(device.address()));
        } catch (IOException e) {
            if (!Files.exists(place)) {
                return false;
            }
            throw BackendException.of(BackendException.IO, "the host's devices cannot be looked at")
                    .where(attribute)
                    .cause(e)
                    .build();
        }
    }

    /** Which stays while the kernel resets the device, and tells 0 for its number. */
    private static String node(Path place) throws IOException {
        return Files.readString(place.resolve("dev")).strip();
    }

    private static int minor(DeviceAddress address) {
        return (address.bus() - 1) * 128 + address.device() - 1;
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
