package io.autousb.backend.sim;

import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device as one holds it in one's hand: not plugged in, so without a place, address or generation. A
 * hub comes with what is plugged into it.
 *
 * @param id vendor and product
 * @param usbClass the device's class triple
 * @param interfaces its interfaces, each with the host driver that takes it
 * @param speed the speed it enumerates at
 * @param strings its string descriptors, which may be hostile
 * @param authorized whether the host lets it be configured when it is plugged in
 * @param initialized whether the host is done with it as soon as it is plugged in
 * @param ports the number of its ports, 0 unless it is a hub
 * @param below what is plugged into its ports, by port number
 */
public record SimDevice(
        UsbId id,
        UsbClass usbClass,
        List<UsbInterface> interfaces,
        UsbSpeed speed,
        Strings strings,
        boolean authorized,
        boolean initialized,
        int ports,
        Map<Integer, SimDevice> below) {

    private static final UsbClass BY_INTERFACE = new UsbClass(0, 0, 0);

    /** Copies what it is made of. */
    public SimDevice {
        interfaces = List.copyOf(interfaces);
        below = Map.copyOf(below);
        if (ports > 0 != (usbClass.code() == UsbClass.HUB)) {
            throw new IllegalArgumentException("a hub has ports, and nothing else has: " + id);
        }
    }

    /**
     * The string descriptors.
     *
     * @param manufacturer the manufacturer, if there is one
     * @param product likewise
     * @param serial likewise
     */
    public record Strings(Optional<String> manufacturer, Optional<String> product, Optional<String> serial) {

        /** A device without strings. */
        public static final Strings NONE = new Strings(Optional.empty(), Optional.empty(), Optional.empty());

        /**
         * A device that only says what it is.
         *
         * @param product the product
         * @return strings without manufacturer and serial number
         */
        public static Strings product(String product) {
            return new Strings(Optional.empty(), Optional.of(product), Optional.empty());
        }
    }

    /**
     * A device with one interface.
     *
     * @param id vendor and product, as {@code 046d:c31c}
     * @param product its product string
     * @param speed the speed it enumerates at
     * @param usbInterface its interface
     * @return the device
     */
    public static SimDevice of(String id, String product, UsbSpeed speed, UsbInterface usbInterface) {
        return new SimDevice(
                UsbId.parse(id),
                BY_INTERFACE,
                List.of(usbInterface),
                speed,
                Strings.product(product),
                true,
                true,
                0,
                Map.of());
    }

    /**
     * A full-speed keyboard.
     *
     * @return the device
     */
    public static SimDevice keyboard() {
        return of("046d:c31c", "USB Keyboard", UsbSpeed.FULL, hid(1));
    }

    /**
     * A low-speed mouse.
     *
     * @return the device
     */
    public static SimDevice mouse() {
        return of("046d:c077", "USB Optical Mouse", UsbSpeed.LOW, hid(2));
    }

    /**
     * A high-speed storage stick.
     *
     * @return the device
     */
    public static SimDevice stick() {
        UsbClass storage = new UsbClass(8, 6, 0x50);
        return of("0781:5567", "Cruzer Blade", UsbSpeed.HIGH, new UsbInterface(0, storage, Optional.of("usb-storage")));
    }

    /**
     * A full-speed headset.
     *
     * @return the device
     */
    public static SimDevice headset() {
        UsbClass audio = new UsbClass(1, 1, 0);
        return of("0951:16a4", "HyperX 7.1", UsbSpeed.FULL, new UsbInterface(0, audio, Optional.of("snd-usb-audio")));
    }

    /**
     * A high-speed hub with nothing plugged in.
     *
     * @param ports the number of its ports
     * @return the hub
     */
    public static SimDevice hub(int ports) {
        UsbInterface hub = new UsbInterface(0, new UsbClass(UsbClass.HUB, 0, 0), Optional.of("hub"));
        return new SimDevice(
                UsbId.parse("05e3:0608"),
                new UsbClass(UsbClass.HUB, 0, 1),
                List.of(hub),
                UsbSpeed.HIGH,
                Strings.product("USB2.0 Hub"),
                true,
                true,
                ports,
                Map.of());
    }

    private static UsbInterface hid(int protocol) {
        return new UsbInterface(0, new UsbClass(3, 1, protocol), Optional.of("usbhid"));
    }

    /**
     * This hub with something plugged in.
     *
     * @param port one of its ports
     * @param device what is plugged in there
     * @return a copy
     */
    public SimDevice with(int port, SimDevice device) {
        if (port < 1 || port > ports) {
            throw new IllegalArgumentException(id + " has no port " + port);
        }
        Map<Integer, SimDevice> more = new TreeMap<>(below);
        more.put(port, device);
        return new SimDevice(id, usbClass, interfaces, speed, strings, authorized, initialized, ports, more);
    }

    /**
     * The same device with other strings.
     *
     * @param newStrings the strings
     * @return a copy
     */
    public SimDevice withStrings(Strings newStrings) {
        return new SimDevice(id, usbClass, interfaces, speed, newStrings, authorized, initialized, ports, below);
    }

    /**
     * The same device, which the host refuses to configure.
     *
     * @return a copy
     */
    public SimDevice unauthorized() {
        return new SimDevice(id, usbClass, interfaces, speed, strings, false, initialized, ports, below);
    }

    /**
     * The same device without a configuration.
     *
     * @return a copy
     */
    public SimDevice unconfigured() {
        return new SimDevice(id, usbClass, List.of(), speed, strings, authorized, initialized, ports, below);
    }

    /**
     * The same device, which udev has not seen yet after it was plugged in.
     *
     * @return a copy
     */
    public SimDevice uninitialized() {
        return new SimDevice(id, usbClass, interfaces, speed, strings, authorized, false, ports, below);
    }

    /**
     * The same device at another speed.
     *
     * @param newSpeed the speed it enumerates at
     * @return a copy
     */
    public SimDevice withSpeed(UsbSpeed newSpeed) {
        return new SimDevice(id, usbClass, interfaces, newSpeed, strings, authorized, initialized, ports, below);
    }

    /** The same device with nothing plugged in. */
    SimDevice alone() {
        return new SimDevice(id, usbClass, interfaces, speed, strings, authorized, initialized, ports, Map.of());
    }
}
