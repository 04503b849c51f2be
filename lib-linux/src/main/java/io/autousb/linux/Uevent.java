package io.autousb.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A uevent of USB: the kernel's, or udev's after its rules have run. A hint and no more: facts come from
 * sysfs.
 *
 * @param origin who tells
 * @param action what happened: {@code add}, {@code bind}, {@code remove} and others
 * @param devpath the device's canonical path, below {@code /devices/} and without {@code ..}
 * @param devtype {@code usb_device} or {@code usb_interface}; empty if there is none
 * @param devnum the device's number on its bus; -1 if none is told, as with interfaces
 * @param synthetic whether a person asked for it, by {@code udevadm trigger} or by writing to {@code
 *     uevent}
 */
public record Uevent(Origin origin, String action, String devpath, String devtype, int devnum, boolean synthetic) {

    private static final byte[] UDEV_PREFIX = {'l', 'i', 'b', 'u', 'd', 'e', 'v', 0};
    private static final int UDEV_MAGIC = 0xfeedcafe;
    private static final int UDEV_HEADER = 40;
    private static final String SUBSYSTEM = "usb";
    private static final int MAX_ACTION = 16;
    private static final int MAX_DEVPATH = 1024;
    private static final int MAX_NAME = 64;

    /** Who sends uevents. */
    public enum Origin {
        /** The kernel, at the moment it happens. */
        KERNEL,
        /** udev, when its rules have run. */
        UDEV
    }

    /**
     * Reads a message of either form: the kernel's {@code action@devpath} with properties (Linux {@code
     * lib/kobject_uevent.c}), or udev's with a header of 40 bytes (systemd {@code
     * src/libsystemd/sd-device/device-monitor.c}). Of another subsystem's message, of which a plug makes
     * many, no more is read than that.
     *
     * @param message the message, from its position to its limit, which stay as they are
     * @return the event, or empty if the message is not well-formed or not of USB
     */
    public static Optional<Uevent> parse(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        return Optional.ofNullable(startsWith(bytes, UDEV_PREFIX) ? parseUdev(bytes) : parseKernel(bytes));
    }

    private static @Nullable Uevent parseUdev(byte[] bytes) {
        if (bytes.length < UDEV_HEADER) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int magic = header.getInt(8);
        header.order(ByteOrder.nativeOrder());
        long offset = Integer.toUnsignedLong(header.getInt(16));
        long length = Integer.toUnsignedLong(header.getInt(20));
        if (magic != UDEV_MAGIC || offset < UDEV_HEADER || offset + length > bytes.length) {
            return null;
        }
        return parseProperties(Origin.UDEV, bytes, (int) offset, (int) (offset + length));
    }

    private static @Nullable Uevent parseKernel(byte[] bytes) {
        int end = indexOf(bytes, (byte) 0, 0, bytes.length);
        int at = indexOf(bytes, (byte) '@', 0, end);
        if (at == end || end == bytes.length) {
            return null;
        }
        Uevent event = parseProperties(Origin.KERNEL, bytes, end + 1, bytes.length);
        boolean agrees = event != null
                && event.action.equals(text(bytes, 0, at))
                && event.devpath.equals(text(bytes, at + 1, end));
        return agrees ? event : null;
    }

    private static @Nullable Uevent parseProperties(Origin origin, byte[] bytes, int from, int to) {
        String action = "";
        String devpath = "";
        String devtype = "";
        int devnum = -1;
        boolean usb = false;
        boolean synthetic = false;
        for (int start = from; start < to; ) {
            int end = indexOf(bytes, (byte) 0, start, to);
            int equals = indexOf(bytes, (byte) '=', start, end);
            if (end == to || equals == end) {
                return null;
            }
            switch (key(bytes, start, equals)) {
                case "ACTION" -> action = text(bytes, equals + 1, end);
                case "DEVPATH" -> devpath = text(bytes, equals + 1, end);
                case "SUBSYSTEM" -> {
                    if (!text(bytes, equals + 1, end).equals(SUBSYSTEM)) {
                        return null;
                    }
                    usb = true;
                }
                case "DEVTYPE" -> devtype = text(bytes, equals + 1, end);
                case "DEVNUM" -> devnum = number(bytes, equals + 1, end);
                case "SYNTH_UUID" -> synthetic = true;
                default -> {}
            }
            start = end + 1;
        }
        if (!usb || !isWord(action, MAX_ACTION) || !isDevpath(devpath)) {
            return null;
        }
        boolean typed = devtype.isEmpty() || isWord(devtype, MAX_NAME);
        return typed ? new Uevent(origin, action, devpath, devtype, devnum, synthetic) : null;
    }

    /** Most properties are of no interest here, and most of those begin with another letter. */
    private static String key(byte[] bytes, int from, int to) {
        byte first = bytes[from];
        return first == 'A' || first == 'D' || first == 'S' ? text(bytes, from, to) : "";
    }

    private static int number(byte[] bytes, int from, int to) {
        String text = text(bytes, from, to);
        return SmallFile.number(text, 0, text.length(), 10);
    }

    private static boolean isWord(String text, int maxLength) {
        if (text.isEmpty() || text.length() > maxLength) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** Below /devices/, printable ASCII, and with no way up (as USBGuard checks it). */
    private static boolean isDevpath(String text) {
        if (text.length() > MAX_DEVPATH || !text.startsWith("/devices/") || text.endsWith("/")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return !text.contains("/../") && !text.endsWith("/..");
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        if (bytes.length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where a byte is, or {@code to}. */
    private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return to;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /**
     * The last element of the path: for USB the name of a device or an interface.
     *
     * @return a name such as {@code 1-1.4} or {@code 1-1.4:1.0}, unless it is something else's
     */
    public String name() {
        return SysfsNames.last(devpath);
    }
}
