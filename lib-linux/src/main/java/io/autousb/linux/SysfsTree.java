package io.autousb.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raw access to what the kernel and udev tell about USB, below a root folder. Immutable; every call looks
 * anew. What is absent is null, -1 or empty; an exception says that nobody knows (a limit of this process,
 * an error of the device): it must not be taken for an absence.
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

    /** The names of all devices and interfaces, all or an exception; null if this host has no USB. */
    String @Nullable [] list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(Path.of(devices))) {
            for (Path each : folder) {
                names.add(SysfsNames.last(each.toString()));
            }
        } catch (NoSuchFileException e) {
            return null;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names.toArray(new String[0]);
    }

    /** The folder of a device as it is now, or null. */
    @Nullable
    HeldFolder open(String name) throws IOException {
        return HeldFolder.open(devices + '/' + name);
    }

    /** A device's or interface's attribute. */
    @Nullable
    String attribute(String name, String attribute) throws IOException {
        return SmallFile.read(path(name, attribute));
    }

    /** As above, for a number; -1 if there is none. */
    int number(String name, String attribute, int radix) throws IOException {
        return SmallFile.number(Libc.AT_FDCWD, path(name, attribute), radix);
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
    String devpath(String name) throws IOException {
        String target = SmallFile.link(Libc.AT_FDCWD, devices + '/' + name);
        if (target == null
                || !target.startsWith(LINK)
                || target.indexOf("/..", LINK.length()) >= 0
                || !target.endsWith('/' + name)) {
            return null;
        }
        return target.substring(LINK.length() - "/devices/".length());
    }

    /** The inode of a device's folder, or -1. Takes no descriptor. */
    long inode(String name) throws IOException {
        return SmallFile.inode(Libc.AT_FDCWD, devices + '/' + name);
    }

    /** The last element of what a link in a device's or interface's folder points to, or null. */
    @Nullable
    String linkName(String name, String link) throws IOException {
        return SmallFile.linkName(Libc.AT_FDCWD, path(name, link));
    }

    /** As above, in the folder with a certain canonical path. */
    @Nullable
    String linkNameAt(String devpath, String link) throws IOException {
        return SmallFile.linkName(Libc.AT_FDCWD, sys + devpath + '/' + link);
    }

    /** Whether udev is done with a device: it has a database entry. True where no udev runs. */
    boolean initialized(int minor) throws IOException {
        return SmallFile.exists(udevData + minor) || !SmallFile.exists(udevControl);
    }

    /** What tells one boot from the next; empty if there is nothing that does. */
    String bootId() throws IOException {
        String id = SmallFile.read(bootIdFile);
        return id == null ? "" : id;
    }
}
