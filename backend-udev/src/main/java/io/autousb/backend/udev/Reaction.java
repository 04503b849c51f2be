package io.autousb.backend.udev;

import io.autousb.linux.Uevent;
import io.autousb.linux.Uevent.Origin;

/**
 * What a uevent of USB is taken as. The order of events for one device is fixed only within the kernel's
 * group: {@code add} of the device, {@code add} and {@code bind} of each interface, {@code bind} of the
 * device; at the end {@code unbind} and {@code remove} of each interface, then of the device. udev's come
 * later, in any order among devices. So none is taken as more than a reason to look, at once or soon.
 */
enum Reaction {
    /** The kernel has found a device, and is still to configure it: not ready yet. */
    ARRIVING,
    /** The kernel has configured a device that arrived: look at once. */
    CONFIGURED,
    /** udev knows of a device that the kernel was done with before: look at once. */
    SETTLED,
    /** The kernel has removed a device: look at once. */
    DEPARTED,
    /** Look at once, unless it is of a device that arrives: that will be told. */
    CHANGED,
    /** Look soon: what it announces is on its way, or has been told by another event. */
    PASSING;

    static final String DEVICE = "usb_device";

    /** Classifies an event whose sender has been checked. */
    static Reaction to(Uevent event) {
        if (event.origin() == Origin.KERNEL) {
            return event.devtype().equals(DEVICE) ? toKernelDevice(event) : toKernelInterface(event);
        }
        return event.devtype().equals(DEVICE) ? toUdevDevice(event) : PASSING;
    }

    private static Reaction toKernelDevice(Uevent event) {
        return switch (event.action()) {
            case "add" -> event.synthetic() ? PASSING : ARRIVING;
            case "bind" -> event.synthetic() ? CHANGED : CONFIGURED;
            case "remove" -> event.synthetic() ? PASSING : DEPARTED;
            case "unbind" -> PASSING;
            default -> event.synthetic() ? PASSING : CHANGED;
        };
    }

    /** A driver that lets go, or goes with its device, makes nothing worse; one that comes or binds may. */
    private static Reaction toKernelInterface(Uevent event) {
        return switch (event.action()) {
            case "unbind", "remove" -> PASSING;
            default -> event.synthetic() ? PASSING : CHANGED;
        };
    }

    /** With udev's {@code add} the device node has its rights; its {@code bind} makes up for a lost one. */
    private static Reaction toUdevDevice(Uevent event) {
        return switch (event.action()) {
            case "add", "change" -> CHANGED;
            case "bind" -> SETTLED;
            default -> PASSING;
        };
    }
}
