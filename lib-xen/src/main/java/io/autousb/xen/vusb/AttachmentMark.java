package io.autousb.xen.vusb;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this program notes beside an attachment of its own, before making it: which stay of which device it is,
 * and what the hypervisor calls it. libxl's ids do not tell that, and after a re-plug it cannot be found out.
 *
 * @param path the host port, as libxl writes it into the port
 * @param generation the stay of the device there
 * @param handle the id of the device model's object, {@code xenusb-<bus>-<address>} of that stay; what a
 *     deletion takes, also when the device is long gone
 */
public record AttachmentMark(PortPath path, Generation generation, String handle) {

    private static final Pattern HANDLE = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");
    private static final Pattern LIBXL_HANDLE = Pattern.compile("xenusb-([1-9][0-9]{0,2})-([1-9][0-9]{0,2})");
    /** The number is the version of the form; a mark of another one counts as none. */
    private static final Pattern FORM = Pattern.compile("1 ([0-9]+-[0-9.]+) ([0-9a-f]+) ([^ ]+)");

    /** Checks that it can be written and read again. */
    public AttachmentMark {
        if (path.isRootHub() || !HANDLE.matcher(handle).matches()) {
            throw new IllegalArgumentException("no mark: " + path);
        }
    }

    /**
     * The mark for a device that is to be attached under libxl's kind of id, so that {@code xl usbdev-detach}
     * finds it.
     *
     * @param path the host port
     * @param address the device's address now
     * @param generation its stay
     * @return the mark
     */
    public static AttachmentMark of(PortPath path, DeviceAddress address, Generation generation) {
        return new AttachmentMark(path, generation, handle(address));
    }

    /**
     * The id that libxl gives to a device ({@code libxl__device_usbdev_add_hvm}).
     *
     * @param address the device's address
     * @return {@code xenusb-<bus>-<address>}, in decimal
     */
    public static String handle(DeviceAddress address) {
        return "xenusb-" + address.bus() + "-" + address.device();
    }

    /**
     * The address that the device had, as the handle says.
     *
     * @return the address; empty if the handle is not of libxl's kind
     */
    public Optional<DeviceAddress> address() {
        Matcher match = LIBXL_HANDLE.matcher(handle);
        if (!match.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new DeviceAddress(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads what {@link #toString} makes.
     *
     * @param text a node's value
     * @return the mark; empty if it is none of this version
     */
    public static Optional<AttachmentMark> parse(String text) {
        Matcher match = FORM.matcher(text);
        if (!match.matches()
                || !Generation.isToken(match.group(2))
                || !HANDLE.matcher(match.group(3)).matches()) {
            return Optional.empty();
        }
        return PortPath.tryParse(match.group(1))
                .map(path -> new AttachmentMark(path, new Generation(match.group(2)), match.group(3)));
    }

    /** One line of printable ASCII, for xenstore. */
    @Override
    public String toString() {
        return "1 " + path + " " + generation + " " + handle;
    }
}
