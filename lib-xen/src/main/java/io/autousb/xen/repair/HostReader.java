package io.autousb.xen.repair;

import io.autousb.linux.PluggedDevices;
import java.nio.file.Path;

/** Looks at the host. Thread-safe. */
@FunctionalInterface
public interface HostReader {

    /**
     * Looks at sysfs.
     *
     * @param root the root folder below which {@code /sys} and {@code /proc} are looked for
     * @return a reader
     */
    static HostReader of(Path root) {
        PluggedDevices devices = new PluggedDevices(root);
        return () -> HostUsb.of(devices.read());
    }

    /**
     * What is plugged in now. Does not block for longer than a few local files take.
     *
     * @return all of it: what is not in there is known to be gone
     * @throws io.autousb.domain.port.BackendException if that cannot be said
     */
    HostUsb read();
}
