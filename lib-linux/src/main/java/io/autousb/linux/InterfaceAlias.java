package io.autousb.linux;

import io.autousb.domain.model.UsbClass;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What an interface's {@code modalias} tells of it, in one attribute instead of four: {@code
 * usb:v046Dp C31Cd6402dc00dsc00dp00ic03isc01ip01in00} (Linux {@code drivers/usb/core/sysfs.c}, {@code modalias_show}).
 *
 * @param usbClass its class triple
 * @param number its number
 */
record InterfaceAlias(UsbClass usbClass, int number) {

    private static final String BEGIN = "usb:v";
    private static final String CLASS = "ic";
    private static final String SUBCLASS = "isc";
    private static final String PROTOCOL = "ip";
    private static final String NUMBER = "in";

    /** Parses the attribute's text; null if there is none, or it is not the kernel's. */
    static @Nullable InterfaceAlias parse(@Nullable String text) {
        if (text == null || !text.startsWith(BEGIN)) {
            return null;
        }
        int at = text.length();
        int number = field(text, at -= NUMBER.length() + 2, NUMBER);
        int protocol = field(text, at -= PROTOCOL.length() + 2, PROTOCOL);
        int subclass = field(text, at -= SUBCLASS.length() + 2, SUBCLASS);
        int code = field(text, at - CLASS.length() - 2, CLASS);
        return (number | protocol | subclass | code) < 0
                ? null
                : new InterfaceAlias(new UsbClass(code, subclass, protocol), number);
    }

    /** Two hexadecimal digits behind a name, or -1. */
    private static int field(String text, int at, String name) {
        int digits = at + name.length();
        return text.startsWith(name, at)
                        && HexFormat.isHexDigit(text.charAt(digits))
                        && HexFormat.isHexDigit(text.charAt(digits + 1))
                ? HexFormat.fromHexDigits(text, digits, digits + 2)
                : -1;
    }
}
