package io.autousb.backend.qmp;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.UsbDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A last look at the host before a device is handed over: two attributes that answer at once. */
final class HostDevices {

    private final Path devices;

    HostDevices(Path root) {
        this.devices = root.resolve("sys/bus/usb/devices");
    }

    /** Whether the place still has the address; another device in the same place has another one. */
    boolean isThere(UsbDevice device) {
        Path folder = devices.resolve(device.path().toString());
        DeviceAddress address = device.address();
        return read(folder.resolve("busnum")) == address.bus() && read(folder.resolve("devnum")) == address.device();
    }

    private static int read(Path attribute) {
        try {
            return Integer.parseInt(Files.readString(attribute).strip());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
