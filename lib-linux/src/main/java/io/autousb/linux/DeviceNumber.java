package io.autousb.linux;

import io.autousb.domain.model.DeviceAddress;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The number of a device on its bus. {@code devnum} tells 0 while the kernel resets the device, which takes a minute if
 * somebody has pulled it out (Linux {@code drivers/usb/core/hub.c}, {@code hub_port_reset}): then the number of its node
 * tells it, which stays ({@code usb_new_device}).
 */
final class DeviceNumber {

    private static final String DEVNUM = "devnum";
    private static final String DEV = "dev";
    private static final Pattern NODE = Pattern.compile("189:([0-9]{1,5})");
    private static final int NODES_PER_BUS = 128;

    private DeviceNumber() {}

    /** The number of the device whose folder this is, or -1 if it tells none. */
    static int of(HeldFolder device) throws IOException {
        int told = device.number(DEVNUM, 10);
        return told == 0 ? ofNode(device.attribute(DEV)) : told;
    }

    /** The number of the device of this name, or -1 if there is none, or it tells none. */
    static int of(SysfsTree tree, String name) throws IOException {
        int told = tree.number(name, DEVNUM, 10);
        return told == 0 ? ofNode(tree.attribute(name, DEV)) : told;
    }

    /** Whether it is not told as the number now, because the kernel resets the device. */
    static boolean isHidden(SysfsTree tree, String name) throws IOException {
        return tree.number(name, DEVNUM, 10) == 0;
    }

    /** The minor number of a device's node (Linux {@code drivers/usb/core/usb.h}, {@code usb_dev_to_minor}). */
    static int minor(DeviceAddress address) {
        return (address.bus() - 1) * NODES_PER_BUS + address.device() - 1;
    }

    private static int ofNode(@Nullable String dev) {
        Matcher node = NODE.matcher(dev == null ? "" : dev);
        return node.matches() ? Integer.parseInt(node.group(1)) % NODES_PER_BUS + 1 : -1;
    }
}
