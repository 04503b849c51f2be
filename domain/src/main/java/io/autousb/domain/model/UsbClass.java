package io.autousb.domain.model;

/**
 * The class triple of a device or an interface (USB-IF, "Defined Class Codes").
 *
 * @param code the class, 0 to 255
 * @param subclass the subclass, 0 to 255
 * @param protocol the protocol, 0 to 255
 */
public record UsbClass(int code, int subclass, int protocol) {

    /** Hubs: they carry other devices and are never handed to a guest. */
    public static final int HUB = 0x09;

    /** Checks the range. */
    public UsbClass {
        if (((code | subclass | protocol) & ~0xff) != 0) {
            throw new IllegalArgumentException("class, subclass and protocol are bytes");
        }
    }

    @Override
    public String toString() {
        return "%02x/%02x/%02x".formatted(code, subclass, protocol);
    }
}
