package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;

/** Tells which guests of Xen have a QEMU that can be asked for USB devices of the host, and why others have none. */
final class XenEligibility {

    private static final String QEMU = "qemu_xen";

    private final HostProcesses processes;

    XenEligibility(HostProcesses processes) {
        this.processes = processes;
    }

    /**
     * Returns the guest if it has one.
     *
     * @throws BackendException {@link BackendException#UNSUPPORTED} with the remedy
     */
    XenGuest require(XenGuest guest) {
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
        if (model.user().isPresent() || !model.isRunning() && runsAsAnother(model)) {
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

    /**
     * With {@code dm_restrict} libxl names no user that several guests share, and the device model cannot tell xenstore
     * that it runs (seen with Xen 4.17.7): without this it would be waited for in vain.
     */
    private boolean runsAsAnother(DeviceModel model) {
        return model.pid().isPresent()
                && processes.uid(model.pid().getAsInt()).filter(uid -> uid != 0).isPresent();
    }

    private static BackendException unsupported(XenGuest guest, String what, String remedy) {
        return BackendException.of(BackendException.UNSUPPORTED, what)
                .where(guest)
                .remedy(remedy)
                .retry(Retry.NEVER)
                .build();
    }
}
