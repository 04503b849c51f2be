package io.autousb.linux;

import io.autousb.api.Availability;
import io.autousb.api.ProviderContext;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a host shows its USB devices at all. */
public final class SysfsProbe {

    private SysfsProbe() {}

    /**
     * Looks for the folder that {@link SysfsReader} reads.
     *
     * @param context what the core lends
     * @return available, or why not and what to do
     */
    public static Availability probe(ProviderContext context) {
        Path folder = context.root().resolve("sys/bus/usb/devices");
        if (Files.isDirectory(folder)) {
            return Availability.AVAILABLE;
        }
        return Availability.unavailable(
                "this host shows no USB: there is no " + folder,
                "load the kernel's USB support (modprobe usbcore); in a container, mount the host's /sys");
    }
}
