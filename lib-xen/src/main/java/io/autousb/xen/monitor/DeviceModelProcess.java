package io.autousb.xen.monitor;

import io.autousb.xen.guest.XenGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Looks after the processes of device models. Thread-safe. */
public final class DeviceModelProcess {

    private final Path processes;

    /**
     * Looks below a root folder.
     *
     * @param root the root folder below which {@code /proc} is looked for
     */
    public DeviceModelProcess(Path root) {
        this.processes = root.resolve("proc");
    }

    /**
     * Whether a guest's device model has ended.
     *
     * @param guest the guest
     * @return true if its process is not there, where processes can be seen at all
     */
    public boolean hasEnded(XenGuest guest) {
        OptionalInt pid = guest.deviceModel().pid();
        return pid.isPresent()
                && Files.isDirectory(processes.resolve("self"))
                && !Files.exists(processes.resolve(Integer.toString(pid.getAsInt())));
    }
}
