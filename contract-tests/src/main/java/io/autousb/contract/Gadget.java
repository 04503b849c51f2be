package io.autousb.contract;

import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import java.util.List;
import java.util.Optional;

/**
 * A device to plug into a fixture's host. The host gives it an address and a generation.
 *
 * @param id vendor and product
 * @param usbClass the device's class triple
 * @param interfaces the interfaces of its configuration; none while the host has not configured it
 * @param speed the speed it enumerates at
 * @param manufacturer its string descriptor, if it has one
 * @param product likewise
 * @param serial likewise
 * @param authorized false if the host refuses to configure it when it is plugged in
 * @param initialized false if the host is not done with it yet (on Linux: udev has not run)
 * @param hubPorts the number of its ports, 0 unless it is a hub
 */
public record Gadget(
        UsbId id,
        UsbClass usbClass,
        List<UsbInterface> interfaces,
        UsbSpeed speed,
        Optional<String> manufacturer,
        Optional<String> product,
        Optional<String> serial,
        boolean authorized,
        boolean initialized,
        int hubPorts) {

    private static final UsbClass BY_INTERFACE = new UsbClass(0, 0, 0);

    /** Copies the list. */
    public Gadget {
        interfaces = List.copyOf(interfaces);
    }

    /**
     * A full-speed keyboard that the host's {@code usbhid} has taken.
     *
     * @return the gadget
     */
    public static Gadget keyboard() {
        UsbInterface hid = new UsbInterface(0, new UsbClass(3, 1, 1), Optional.of("usbhid"));
        return new Gadget(
                UsbId.parse("046d:c31c"),
                BY_INTERFACE,
                List.of(hid),
                UsbSpeed.FULL,
                Optional.of("Logitech"),
                Optional.of("USB Keyboard"),
                Optional.empty(),
                true,
                true,
                0);
    }

    /**
     * A high-speed storage stick.
     *
     * @param serial its serial number
     * @return the gadget
     */
    public static Gadget stick(String serial) {
        UsbInterface storage = new UsbInterface(0, new UsbClass(8, 6, 0x50), Optional.of("usb-storage"));
        return new Gadget(
                UsbId.parse("0781:5567"),
                BY_INTERFACE,
                List.of(storage),
                UsbSpeed.HIGH,
                Optional.of("SanDisk"),
                Optional.of("Cruzer Blade"),
                Optional.of(serial),
                true,
                true,
                0);
    }

    /**
     * A high-speed hub.
     *
     * @param ports the number of its ports
     * @return the gadget
     */
    public static Gadget hub(int ports) {
        UsbInterface hub = new UsbInterface(0, new UsbClass(UsbClass.HUB, 0, 0), Optional.of("hub"));
        return new Gadget(
                UsbId.parse("05e3:0608"),
                new UsbClass(UsbClass.HUB, 0, 1),
                List.of(hub),
                UsbSpeed.HIGH,
                Optional.empty(),
                Optional.of("USB2.0 Hub"),
                Optional.empty(),
                true,
                true,
                ports);
    }

    /**
     * The same device without strings, of which a source may show the rest first.
     *
     * @return a copy
     */
    public Gadget withoutStrings() {
        return new Gadget(
                id,
                usbClass,
                interfaces,
                speed,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                authorized,
                initialized,
                hubPorts);
    }

    /**
     * The same device with other strings.
     *
     * @param newManufacturer its manufacturer
     * @param newProduct its product
     * @param newSerial its serial number
     * @return a copy
     */
    public Gadget withStrings(String newManufacturer, String newProduct, String newSerial) {
        return new Gadget(
                id,
                usbClass,
                interfaces,
                speed,
                Optional.of(newManufacturer),
                Optional.of(newProduct),
                Optional.of(newSerial),
                authorized,
                initialized,
                hubPorts);
    }

    /**
     * The same device, refused by the host: not authorized, and so without a configuration.
     *
     * @return a copy
     */
    public Gadget unauthorized() {
        return new Gadget(id, usbClass, List.of(), speed, manufacturer, product, serial, false, initialized, hubPorts);
    }

    /**
     * The same device, authorized but not configured.
     *
     * @return a copy
     */
    public Gadget unconfigured() {
        return new Gadget(
                id, usbClass, List.of(), speed, manufacturer, product, serial, authorized, initialized, hubPorts);
    }

    /**
     * The same device, not yet seen by the host's udev.
     *
     * @return a copy
     */
    public Gadget uninitialized() {
        return new Gadget(id, usbClass, interfaces, speed, manufacturer, product, serial, authorized, false, hubPorts);
    }
}
