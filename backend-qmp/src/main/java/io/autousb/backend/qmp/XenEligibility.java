package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;

/** Tells which guests of Xen have a QEMU that can be asked for USB devices of the host, and why others have none. Pure. */
final class XenEligibility {

    private static final String QEMU = "qemu_xen";

    private XenEligibility() {}

    /**
     * Returns the guest if it has one.
     *
     * @throws BackendException {@link BackendException#UNSUPPORTED} with the remedy
     */
    static XenGuest require(XenGuest guest) {
        DeviceModel model = guest.deviceModel();
        if (guest.type() != XenGuest.Type.HVM) {
            String type = guest.type() == XenGuest.Type.UNKNOWN ? "guest of unknown type" : guest.type() + " guest";
            throw unsupported(
                    guest,
                    "a " + type + " has no device model that xen-qmp could speak to",
                    "use the hypervisor xl for it (--hypervisor xl)");
        }
        if (model.stubdomain().isPresent()) {
            throw unsupported(
                    guest,
                    "the guest's device model is in a stub domain, where the host's USB devices cannot be opened",
                    "start the guest with device_model_stubdomain_override=0");
        }
        if (model.user().isPresent()) {
            throw unsupported(
                    guest,
                    "the guest's device model does not run as root (dm_restrict or device_model_user), and cannot"
                            + " open the host's USB devices",
                    "start the guest with dm_restrict=0");
        }
        if (model.version().filter(version -> !version.raw().equals(QEMU)).isPresent()) {
            throw unsupported(
                    guest,
                    "the guest's device model is no QEMU with QMP",
                    "start the guest with device_model_version=\"qemu-xen\"");
        }
        return guest;
    }

    private static BackendException unsupported(XenGuest guest, String what, String remedy) {
        return BackendException.of(BackendException.UNSUPPORTED, what)
                .where(guest)
                .remedy(remedy)
                .retry(Retry.NEVER)
                .build();
    }
}
