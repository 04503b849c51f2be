package io.autousb.linux;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks which devices are plugged in, and no further: for those who only want to know whether one is still there. All
 * of it answers at once. Thread-safe; remembers nothing.
 */
public final class PluggedDevices {

    /** A device that is just being removed is there and does not tell what it is, for a moment. */
    private static final int TRIES = 5;

    private final SysfsTree tree;

    /**
     * A device, or a hub.
     *
     * @param path where it is plugged in
     * @param address its address
     * @param generation its stay, as {@link SysfsReader} tells it
     */
    public record PluggedDevice(PortPath path, DeviceAddress address, Generation generation) {}

    /**
     * Reads below a root folder.
     *
     * @param root the root folder below which {@code /sys} and {@code /proc} are looked for
     */
    public PluggedDevices(Path root) {
        this.tree = new SysfsTree(root);
    }

    /**
     * Looks now.
     *
     * @return all devices and hubs: what is not among them is not there
     * @throws BackendException if that cannot be said
     */
    public List<PluggedDevice> read() {
        try {
            String[] names = tree.list();
            if (names == null) {
                throw failure("this host shows no USB").build();
            }
            String bootId = tree.bootId();
            List<PluggedDevice> devices = new ArrayList<>();
            for (String name : names) {
                PortPath.tryParse(name)
                        .flatMap(path -> read(name, path, bootId))
                        .ifPresent(devices::add);
            }
            return List.copyOf(devices);
        } catch (IOException e) {
            throw unreadable(tree.folder(), e);
        }
    }

    private Optional<PluggedDevice> read(String name, PortPath path, String bootId) {
        try {
            for (int i = 0; i < TRIES; i++) {
                DeviceIdentity identity = DeviceIdentity.read(tree, name, path, bootId);
                if (identity != null) {
                    return Optional.of(new PluggedDevice(path, identity.address(), identity.generation()));
                }
                if (tree.inode(name) == -1) {
                    return Optional.empty();
                }
            }
        } catch (IOException e) {
            throw unreadable(tree.path(name, ""), e);
        }
        throw failure("a device is there that does not tell what it is")
                .where(name)
                .build();
    }

    private static BackendException unreadable(String where, IOException cause) {
        return failure("a folder of sysfs cannot be read")
                .where(where)
                .cause(cause)
                .build();
    }

    private static BackendException.Builder failure(String what) {
        return BackendException.of(BackendException.IO, what);
    }
}
