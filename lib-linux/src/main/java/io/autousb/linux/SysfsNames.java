package io.autousb.linux;

import io.autousb.domain.model.PortPath;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names of folders in {@code /sys/bus/usb/devices} (Linux {@code drivers/usb/core/usb.c}, {@code
 * message.c}, {@code port.c}): devices {@code usb1} and {@code 1-1.4}, interfaces {@code 1-1.4:1.0} and
 * {@code 1-0:1.0}, ports {@code usb1-port2} and {@code 1-1-port3}.
 */
final class SysfsNames {

    private static final int MAX_LENGTH = 40;
    private static final String PORT = "-port";

    private SysfsNames() {}

    /** Whether this is an interface's name, given that it names a device or an interface. */
    static boolean isInterface(String name) {
        return name.indexOf(':') >= 0;
    }

    /**
     * The device that a name belongs to: itself, or the one that has the interface.
     *
     * @param name any text
     * @return a text that may be a device's name, or null if it cannot be
     */
    static @Nullable String device(String name) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        int colon = name.indexOf(':');
        String device = colon < 0 ? name : name.substring(0, colon);
        if (colon > 0 && device.endsWith("-0")) {
            device = "usb" + device.substring(0, device.length() - 2);
        }
        for (int i = device.startsWith("usb") ? 3 : 0; i < device.length(); i++) {
            char c = device.charAt(i);
            if ((c < '0' || c > '9') && c != '-' && c != '.') {
                return null;
            }
        }
        return device.isEmpty() ? null : device;
    }

    /** What the names of a device's interfaces begin with. */
    static String interfacePrefix(PortPath device) {
        return device.isRootHub() ? device.bus() + "-0:" : device + ":";
    }

    /** The place of a port, from the name of its folder. */
    static Optional<PortPath> port(String folder) {
        int at = folder.lastIndexOf(PORT);
        if (at < 0) {
            return Optional.empty();
        }
        int number = SmallFile.number(folder, at + PORT.length(), folder.length(), 10);
        return PortPath.tryParse(folder.substring(0, at))
                .filter(hub -> number >= 1 && number <= 255 && hub.chain().size() < PortPath.MAX_DEPTH)
                .map(hub -> hub.child(number));
    }

    /** The folder of a hub's port. */
    static String portFolder(PortPath hub, int number) {
        return hub + PORT + number;
    }

    /** The last element of a path. */
    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
