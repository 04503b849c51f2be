package io.autousb.domain.model;

import java.util.List;

/**
 * A host controller. Its name is the same at every boot; its bus numbers need not be.
 *
 * @param name bus and address of the hardware as in udev's {@code ID_PATH}: {@code pci-0000:00:14.0},
 *     {@code platform-dummy_hcd.0}
 * @param buses its bus numbers: two for xHCI, the USB 2 and the USB 3 half
 */
public record UsbController(String name, List<Integer> buses) {

    /** Copies the list. */
    public UsbController {
        buses = List.copyOf(buses);
    }
}
