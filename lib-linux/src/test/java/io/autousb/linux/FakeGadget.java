package io.autousb.linux;

import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device for {@link FakeSysfs}: its attributes as the kernel prints them, and its interfaces.
 *
 * @param attributes by name, without the newline that the kernel puts after each
 * @param interfaces its interfaces with the drivers that bind to them
 */
public record FakeGadget(Map<String, String> attributes, List<UsbInterface> interfaces) {

    /** Any device, of high speed. */
    public static FakeGadget of(UsbId id, UsbClass usbClass, UsbInterface... interfaces) {
        Map<String, String> attributes = new TreeMap<>(Map.of(
                "idVendor", "%04x".formatted(id.vendor()),
                "idProduct", "%04x".formatted(id.product()),
                "bDeviceClass", "%02x".formatted(usbClass.code()),
                "bDeviceSubClass", "%02x".formatted(usbClass.subclass()),
                "bDeviceProtocol", "%02x".formatted(usbClass.protocol()),
                "speed", "480",
                "removable", "unknown",
                "authorized", "1",
                "maxchild", "0"));
        return new FakeGadget(attributes, List.of(interfaces));
    }

    /** A full-speed keyboard without a serial number. */
    public static FakeGadget keyboard() {
        return of(new UsbId(0x046d, 0xc31c), new UsbClass(0, 0, 0), bound(0, new UsbClass(3, 1, 1), "usbhid"))
                .with("speed", "12")
                .with("manufacturer", "Logitech")
                .with("product", "USB Keyboard");
    }

    /** A hub. */
    public static FakeGadget hub(int ports) {
        UsbClass hub = new UsbClass(UsbClass.HUB, 0, 0);
        return of(new UsbId(0x0409, 0x55aa), hub, bound(0, hub, "hub")).with("maxchild", Integer.toString(ports));
    }

    /** An interface with a driver. */
    public static UsbInterface bound(int number, UsbClass usbClass, String driver) {
        return new UsbInterface(number, usbClass, Optional.of(driver));
    }

    /** The same with an attribute changed. */
    public FakeGadget with(String attribute, String value) {
        Map<String, String> changed = new TreeMap<>(attributes);
        changed.put(attribute, value);
        return new FakeGadget(changed, interfaces);
    }

    int ports() {
        return Integer.parseInt(attributes.getOrDefault("maxchild", "0"));
    }
}
