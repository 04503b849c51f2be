package io.autousb.backend.qmp;

import java.util.Optional;

/** The kinds of USB controllers that QEMU emulates. */
enum ControllerKind {
    /** {@code qemu-xhci}, {@code nec-usb-xhci}, {@code sysbus-xhci}. */
    XHCI("xhci", 3),
    /** {@code usb-ehci}, {@code ich9-usb-ehci1}. */
    EHCI("ehci", 2),
    /** {@code piix3-usb-uhci}, {@code ich9-usb-uhci1}. */
    UHCI("uhci", 1),
    /** {@code pci-ohci}, {@code sysbus-ohci}. */
    OHCI("ohci", 1);

    private final String word;
    private final int usbVersion;

    ControllerKind(String word, int usbVersion) {
        this.word = word;
        this.usbVersion = usbVersion;
    }

    int usbVersion() {
        return usbVersion;
    }

    /** The kind of a QEMU type, if it is a controller. */
    static Optional<ControllerKind> of(String type) {
        for (ControllerKind kind : values()) {
            if (type.contains(kind.word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
