package io.autousb.backend.libxlcli;

import java.util.ArrayList;
import java.util.List;

/**
 * Why {@code xl} did not do what it was asked. Told by what it wrote to its standard error, which is for people and may
 * change: what is not recognised is {@link #OTHER}. The texts are libxl's ({@code tools/libs/light/libxl_usb.c}, {@code
 * libxl_qmp.c}) and QEMU's, which libxl repeats.
 */
enum XlCause {
    /** This program is not root. */
    NOT_ROOT("libxc handle: Permission denied"),
    /** There is no Xen below. */
    NO_XEN("cannot open libxc handle", "cannot init xl context"),
    /** There is no such domain. */
    NO_DOMAIN("is an invalid domain identifier"),
    /** The host does not have the device, or it is a hub. */
    NOT_ASSIGNABLE("USB device is not assignable"),
    /** Some guest's port, on this whole host, names a device that is gone. */
    POISONED("cannot determine if device is assigned"),
    /** Some guest's port, on this whole host, names the device's place. */
    ATTACHED_ALREADY("USB device already attached to a domain"),
    /** The port is taken, for libxl or for the device model. */
    PORT_TAKEN("The controller port isn't available", "not found (in use?)"),
    /** xenstore has no such controller. */
    NO_CONTROLLER("/device/vusb/"),
    /** xenstore has a controller that the device model does not have. */
    GHOST_CONTROLLER("Bus 'xenusb-"),
    /** The device model has an object of that id already. */
    DUPLICATE_OBJECT("Duplicate device ID"),
    /** The device model has no such object. */
    NO_OBJECT("Device 'xenusb-"),
    /** The device model could not open the device: its speed, rights, or it is in use. */
    NOT_OPENED("failed to open host usb device"),
    /** The device model's own list of devices does not have it yet. */
    NOT_LISTED_YET("failed to find host usb device"),
    /** The device model has nowhere to put a controller. */
    NO_SLOT("no slot/function available"),
    /** This libxl speaks to QEMU in a way that QEMU does not take since 9.2. */
    LIBXL_TOO_OLD("Invalid parameter type for", "expects uint64"),
    /** The guest is being migrated. */
    MIGRATING("while migrating"),
    /** The device model's monitor is held by another program, and so many wait for it that nobody can any more. */
    MONITOR_BUSY("Resource temporarily unavailable"),
    /** The device model has no monitor that libxl could use. */
    NO_MONITOR("Failed to connect to QMP socket"),
    /** The device model did not answer libxl in time, or another program held its monitor. */
    MONITOR_SILENT("timed out"),
    /** libxl wants a device model for this, and the guest has none. */
    NO_DEVICE_MODEL("device model required but not running"),
    /** The device model cannot serve such a controller. */
    NO_BACKEND("backend type not supported by device model", "unable to add device with path"),
    /** The port has nothing that libxl could take away. */
    NO_DEVICE("Unknown device at controller"),
    /** xl could not be started. */
    NOT_STARTED,
    /** xl was ended, or ended itself, in the middle of it. */
    CUT_OFF,
    /** Anything else. */
    OTHER;

    @SuppressWarnings("ImmutableEnumChecker") // what List.of makes cannot be changed
    private final List<String> texts;

    XlCause(String... texts) {
        this.texts = List.of(texts);
    }

    /**
     * Reads what xl wrote.
     *
     * @param stderr its standard error
     * @return the cause; {@link #OTHER} if nothing of it is known
     */
    static XlCause of(String stderr) {
        List<XlCause> found = new ArrayList<>();
        for (XlCause cause : values()) {
            if (cause.texts.stream().anyMatch(stderr::contains)) {
                found.add(cause);
            }
        }
        return found.isEmpty() ? OTHER : found.get(0);
    }

    /** Whether what was asked for may have been done all the same, or may still be. */
    boolean leavesDoubt() {
        return this == CUT_OFF || this == MONITOR_SILENT;
    }
}
