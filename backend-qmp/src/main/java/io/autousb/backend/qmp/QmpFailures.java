package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.qmp.QmpErrorException;
import java.util.Locale;

/**
 * Turns QEMU's refusals into causes. Nearly all of them have the class {@code GenericError}, so that
 * only the description tells them apart. That is for people and may change: what is not recognised is a
 * refusal that is tried again later. Pure.
 */
final class QmpFailures {

    private QmpFailures() {}

    /**
     * What a refused {@code device_add usb-host} means.
     *
     * @param initialized whether the host's udev is done with the device: until then its node's rights are
     *     the kernel's
     */
    static BackendException attach(QmpErrorException e, Object where, boolean initialized) {
        String text = e.description().raw().toLowerCase(Locale.ROOT);
        if (text.startsWith("usb port") && text.contains("in use") || text.startsWith("bus '")) {
            return refusal(e, where, BackendException.PORT_BUSY, Retry.NOW, "");
        }
        if (text.contains("duplicate")) {
            return refusal(e, where, BackendException.DUPLICATE, Retry.ON_CHANGE, "");
        }
        if (text.contains("migrat")) {
            return refusal(e, where, BackendException.REFUSED, Retry.ON_CHANGE, "");
        }
        if (text.contains("not a valid device model")) {
            return refusal(
                    e,
                    where,
                    BackendException.UNSUPPORTED,
                    Retry.NEVER,
                    "install the QEMU package that has usb-host (its USB host module)");
        }
        if (text.contains("no such file") || text.contains("no such device")) {
            return refusal(e, where, BackendException.DEVICE_GONE, Retry.ON_CHANGE, "");
        }
        if (text.contains("failed to find host usb device")) {
            // The host still has the device: QEMU's own list of devices is late (libusb's udev monitor).
            return refusal(e, where, BackendException.NOT_READY, Retry.BACK_OFF, "");
        }
        boolean denied = text.contains("permission denied");
        // By numbers, libusb's EACCES is in QEMU's log only.
        if (!initialized && (denied || text.contains("failed to open host usb device"))) {
            return refusal(e, where, BackendException.NOT_READY, Retry.ON_CHANGE, "");
        }
        if (denied) {
            return refusal(
                    e,
                    where,
                    BackendException.NO_PERMISSION,
                    Retry.BACK_OFF,
                    "let a udev rule give the device's node to QEMU's user, or run QEMU as root");
        }
        return refusal(
                e,
                where,
                BackendException.REFUSED,
                Retry.BACK_OFF,
                "QEMU's own log (stderr) has the reason: speed, rights, or the device is in use");
    }

    /** A refusal of anything. */
    static BackendException refusal(QmpErrorException e, Object where, String code, Retry retry, String remedy) {
        return BackendException.of(code, "QEMU says \"" + e.description() + "\"")
                .where(where)
                .remedy(remedy)
                .retry(retry)
                .cause(e)
                .build();
    }
}
