package io.autousb.linux;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbSpeed;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What does not change during one stay of a device, read from attributes that answer at once.
 *
 * @param name its folder
 * @param path its place
 * @param devpath its canonical path
 * @param inode its folder's inode
 * @param address its address
 * @param generation this stay
 * @param id vendor and product
 * @param usbClass class triple
 * @param speed speed
 * @param removable false if the firmware says that it is wired in
 */
record DeviceIdentity(
        String name,
        PortPath path,
        String devpath,
        long inode,
        DeviceAddress address,
        Generation generation,
        UsbId id,
        UsbClass usbClass,
        UsbSpeed speed,
        boolean removable) {

    /** What is under a name by now. */
    enum Presence {
        /** This stay. */
        THERE,
        /** Nothing, or another stay. */
        GONE,
        /** Its folder, which does not tell its address: perhaps it is just being removed. */
        UNCERTAIN
    }

    /**
     * Reads a device; null if there is none. If another one took its place meanwhile, what was read of both
     * is no longer {@link Presence#THERE}.
     */
    static @Nullable DeviceIdentity read(SysfsTree tree, String name, PortPath path, String bootId) throws IOException {
        try (HeldFolder folder = tree.open(name)) {
            return folder == null ? null : read(folder, name, path, tree.devpath(name), bootId);
        }
    }

    private static @Nullable DeviceIdentity read(
            HeldFolder folder, String name, PortPath path, @Nullable String devpath, String bootId) throws IOException {
        long inode = folder.inode();
        DeviceAddress address = address(folder);
        UsbClass usbClass = usbClass(folder, "bDevice");
        int vendor = folder.number("idVendor", 16);
        int product = folder.number("idProduct", 16);
        String speed = folder.attribute("speed");
        boolean removable = !"fixed".equals(folder.attribute("removable"));
        if (address == null || devpath == null || usbClass == null || vendor < 0 || product < 0) {
            return null;
        }
        return new DeviceIdentity(
                name,
                path,
                devpath,
                inode,
                address,
                Generation.of(devpath, address, inode, bootId),
                new UsbId(vendor, product),
                usbClass,
                speed == null ? UsbSpeed.UNKNOWN : UsbSpeed.parse(speed),
                removable);
    }

    /** Whether it is still this stay that one reads of under its name. */
    Presence presence(SysfsTree tree) throws IOException {
        try (HeldFolder folder = tree.open(name)) {
            return folder == null ? Presence.GONE : presence(folder);
        }
    }

    /** As above, in a folder that was opened by its name. */
    Presence presence(HeldFolder folder) throws IOException {
        if (folder.inode() != inode) {
            return Presence.GONE;
        }
        int device = DeviceNumber.of(folder);
        if (device < 0) {
            return Presence.UNCERTAIN;
        }
        return device == address.device() ? Presence.THERE : Presence.GONE;
    }

    /** The device node's minor number. */
    int minor() {
        return DeviceNumber.minor(address);
    }

    boolean isHub() {
        return usbClass.code() == UsbClass.HUB;
    }

    /** A class triple whose attributes begin like this, or null if it is not there. */
    static @Nullable UsbClass usbClass(HeldFolder folder, String prefix) throws IOException {
        int code = folder.number(prefix + "Class", 16);
        int subclass = folder.number(prefix + "SubClass", 16);
        int protocol = folder.number(prefix + "Protocol", 16);
        boolean bytes = code >= 0 && subclass >= 0 && protocol >= 0 && (code | subclass | protocol) <= 0xff;
        return bytes ? new UsbClass(code, subclass, protocol) : null;
    }

    /** The address that a device's folder tells, or null if it tells none. */
    static @Nullable DeviceAddress address(HeldFolder folder) throws IOException {
        int bus = folder.number("busnum", 10);
        int device = DeviceNumber.of(folder);
        try {
            return new DeviceAddress(bus, device);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
