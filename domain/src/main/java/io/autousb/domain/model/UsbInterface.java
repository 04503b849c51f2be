package io.autousb.domain.model;

import java.util.Optional;

/**
 * An interface of a device's active configuration.
 *
 * @param number {@code bInterfaceNumber}
 * @param usbClass its class triple
 * @param driver the host driver bound to it; {@code usbfs} while a user-space program such as QEMU has
 *     claimed it
 */
public record UsbInterface(int number, UsbClass usbClass, Optional<String> driver) {

    /** What the kernel names a claim from user space (Linux {@code drivers/usb/core/devio.c}). */
    public static final String USBFS = "usbfs";

    /**
     * Whether a driver of the host, and not a program such as QEMU, has this interface.
     *
     * @return true if a driver other than {@value #USBFS} is bound
     */
    public boolean heldByHost() {
        return driver.filter(name -> !name.equals(USBFS)).isPresent();
    }
}
