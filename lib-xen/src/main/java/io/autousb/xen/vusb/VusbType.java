package io.autousb.xen.vusb;

import java.util.Optional;

/** What drives a guest's USB controller ({@code libxl_types.idl}, {@code usbctrl_type}). */
public enum VusbType {
    /** The control domain's kernel; mainline Linux has no such driver. */
    PV("pv", "vusb"),
    /** A QEMU in the control domain, for guests with the paravirtual driver. */
    QUSB("qusb", "qusb"),
    /** The guest's own device model, which emulates a PCI controller. */
    DEVICEMODEL("devicemodel", "");

    /** What gives a PV guest a controller from its start, in its configuration for {@code xl}: libxl adds none later. */
    public static final String PV_CONFIGURATION = "usbctrl=[\"type=qusb,version=2,ports=8\"]";

    private final String text;
    private final String backendKind;

    VusbType(String text, String backendKind) {
        this.text = text;
        this.backendKind = backendKind;
    }

    /**
     * Reads the node {@code type}.
     *
     * @param text its value
     * @return the type, or empty for anything else
     */
    public static Optional<VusbType> parse(String text) {
        for (VusbType type : values()) {
            if (type.text.equals(text)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether xenstore's ports are the backend's, which acts on what is written there, and not a mere record.
     *
     * @return true for {@link #PV} and {@link #QUSB}
     */
    public boolean hasBackend() {
        return !backendKind.isEmpty();
    }

    /** The folder of its backends below {@code /local/domain/0/backend}; empty if there is none. */
    String backendKind() {
        return backendKind;
    }

    /** As xenstore spells it, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return text;
    }
}
