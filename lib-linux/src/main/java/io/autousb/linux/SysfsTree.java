package io.autousb.linux;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Raw access to what the kernel and udev tell about USB, below a root folder. Immutable; every call looks
 * anew. What is absent is null, -1 or empty, never an exception.
 */
final class SysfsTree {

    /** How the links in {@code /sys/bus/usb/devices} begin, all of them. */
    private static final String LINK = "../../../devices/";

    private final String sys;
    private final String devices;
    private final String udevData;
    private final String udevControl;
    private final String bootIdFile;

    SysfsTree(Path root) {
        String base = root.toString().equals("/") ? "" : root.toString();
        sys = base + "/sys";
        devices = sys + "/bus/usb/devices";
        udevData = base + "/run/udev/data/c189:";
        udevControl = base + "/run/udev/control";
        bootIdFile = base + "/proc/sys/kernel/random/boot_id";
    }

    /** Where devices and interfaces are listed. */
    String folder() {
        return devices;
    }

    /** The names of all devices and interfaces, or null if this host has no USB. */
    String @Nullable [] list() {
        return new File(devices).list();
    }

    /** A device's or interface's attribute that answers at once. */
    @Nullable
    String attribute(String name, String attribute) {
        return SmallFile.read(path(name, attribute));
    }

    /** As above, for a number; -1 if there is none. */
    int number(String name, String attribute, int radix) {
        return SmallFile.number(path(name, attribute), radix);
    }

    /** Where an attribute is. */
    String path(String name, String attribute) {
        return devices + '/' + name + '/' + attribute;
    }

    /**
     * A device's canonical path as in uevents, {@code /devices/...}. It is taken from the link, which
     * the kernel makes canonical; a link to anywhere else than below {@code /sys/devices} is refused.
     *
     * @param name the device
     * @return the path, or null if there is no such device
     */
    @Nullable
    String devpath(String name) {
        String target = link(devices + '/' + name);
        if (target == null
                || !target.startsWith(LINK)
                || target.indexOf("/..", LINK.length()) >= 0
                || !target.endsWith('/' + name)) {
            return null;
        }
        return target.substring(LINK.length() - "/devices/".length());
    }

    /** The inode of a device's folder, or -1. */
    long inode(String name) {
        try {
            return (long) Files.getAttribute(Path.of(devices, name), "unix:ino");
        } catch (IOException e) {
            return -1;
        }
    }

    /** The last element of what a link in a device's or interface's folder points to, or null. */
    @Nullable
    String linkName(String name, String link) {
        return lastOfLink(path(name, link));
    }

    /** As above, in the folder with a certain canonical path. */
    @Nullable
    String linkNameAt(String devpath, String link) {
        return lastOfLink(sys + devpath + '/' + link);
    }

    /** Whether udev is done with a device: it has a database entry. True where no udev runs. */
    boolean initialized(int minor) {
        return exists(udevData + minor) || !exists(udevControl);
    }

    /** What tells one boot from the next; empty if it cannot be read. */
    String bootId() {
        String id = SmallFile.read(bootIdFile);
        return id == null ? "" : id;
    }

    private static @Nullable String lastOfLink(String path) {
        String target = link(path);
        return target == null ? null : SysfsNames.last(target);
    }

    private static @Nullable String link(String path) {
        try {
            return Files.readSymbolicLink(Path.of(path)).toString();
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static boolean exists(String path) {
        return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
    }
}
