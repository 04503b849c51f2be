package io.autousb.xen.vusb;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.UsbSpeed;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A controller as xenstore has it. Whether the device model has it too, only the device model knows.
 *
 * @param devid its number, from 0
 * @param type what drives it
 * @param usbVersion 1, 2 or 3
 * @param state its backend's {@code state}, as in xen {@code xen/include/public/io/xenbus.h}; empty for an emulated one
 * @param ports its ports 1 to {@code num-ports}. Further nodes that libxl left there are no ports
 */
public record VusbController(int devid, VusbType type, int usbVersion, OptionalInt state, List<VusbPort> ports) {

    /** {@code USBIF_MAX_PORTNR} in xen {@code xen/include/public/io/usbif.h}; emulated ones have fewer. */
    public static final int MAX_PORTS = 31;

    private static final Pattern BUS = Pattern.compile("xenusb-(0|[1-9][0-9]{0,8})\\.0");
    private static final int INIT_WAIT = 2;
    private static final int CONNECTED = 4;

    /** Checks the numbers and copies the list. */
    public VusbController {
        if (devid < 0 || ports.size() > MAX_PORTS) {
            throw new IllegalArgumentException("no controller: " + devid + " with " + ports.size() + " ports");
        }
        GuestController.requireVersion(usbVersion);
        ports = List.copyOf(ports);
    }

    /**
     * The id of the device model's object for it ({@code libxl__device_usbctrl_add_hvm}).
     *
     * @param devid its number
     * @return {@code xenusb-<devid>}
     */
    public static String objectId(int devid) {
        return "xenusb-" + devid;
    }

    /**
     * The name of its bus in the device model.
     *
     * @return {@code xenusb-<devid>.0}
     */
    public String bus() {
        return objectId(devid) + ".0";
    }

    /**
     * The controller whose bus is so called.
     *
     * @param bus a name of a bus in the device model, in any form
     * @return its number; empty if libxl names no bus so
     */
    public static OptionalInt devid(String bus) {
        Matcher matcher = BUS.matcher(bus);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /**
     * Whether something drives it. Of one that nothing has taken up yet, or that is being removed, libxl takes devices
     * all the same, and nothing comes of it.
     *
     * @return true for an emulated one, and for one whose backend waits for the guest or is connected to it
     */
    public boolean isServed() {
        return state.isEmpty() || state.getAsInt() >= INIT_WAIT && state.getAsInt() <= CONNECTED;
    }

    /**
     * Whether no port is taken.
     *
     * @return true if libxl knows of nothing on it
     */
    public boolean isIdle() {
        return ports.stream().noneMatch(VusbPort::isTaken);
    }

    /**
     * The speeds of devices that fit. An emulated version 2 is an EHCI without companions, which takes high
     * speed only; the paravirtual ones refuse SuperSpeed (QEMU {@code hw/usb/xen-usb.c}, {@code
     * usbback_portid_add}).
     *
     * @return those of each of its ports
     */
    public Set<UsbSpeed> speeds() {
        if (type == VusbType.DEVICEMODEL) {
            return switch (usbVersion) {
                case 1 -> EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL);
                case 2 -> EnumSet.of(UsbSpeed.HIGH);
                default -> EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH, UsbSpeed.SUPER, UsbSpeed.SUPER_PLUS);
            };
        }
        return usbVersion == 1
                ? EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL)
                : EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH);
    }

    /**
     * Whether this may be the same controller as another one, whatever is on its ports.
     *
     * @param other another one
     * @return true if all else is equal
     */
    boolean isLike(VusbController other) {
        return devid == other.devid
                && type == other.type
                && usbVersion == other.usbVersion
                && ports.size() == other.ports.size();
    }
}
