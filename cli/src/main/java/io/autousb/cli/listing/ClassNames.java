package io.autousb.cli.listing;

import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import java.util.stream.Collectors;

/** What classes of devices are called (USB-IF, "Defined Class Codes"). */
final class ClassNames {

    private ClassNames() {}

    /** The class of a device, or those of its interfaces where it leaves it to them. */
    static String of(UsbDevice device) {
        int code = device.usbClass().code();
        if (code != 0x00 && code != 0xef || device.interfaces().isEmpty()) {
            return name(device.usbClass());
        }
        return device.interfaces().stream()
                .map(UsbInterface::usbClass)
                .map(ClassNames::name)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String name(UsbClass usbClass) {
        return switch (usbClass.code()) {
            case 0x01 -> "audio";
            case 0x02, 0x0a -> "communication";
            case 0x03 ->
                switch (usbClass.protocol()) {
                    case 1 -> "keyboard";
                    case 2 -> "mouse";
                    default -> "HID";
                };
            case 0x06 -> "image";
            case 0x07 -> "printer";
            case 0x08 -> "storage";
            case UsbClass.HUB -> "hub";
            case 0x0b -> "smart card";
            case 0x0e -> "video";
            case 0x10 -> "audio and video";
            case 0xe0 -> "wireless";
            case 0xff -> "vendor's own";
            default -> "class " + usbClass;
        };
    }
}
