package io.autousb.backend.libxlcli;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbType;

/** Says what a refusal of xl's means, and what helps. Pure. */
final class XlFailures {

    private static final String USBCTRL =
            "put " + VusbType.PV_CONFIGURATION + " into the guest's configuration, and start it anew";

    private XlFailures() {}

    /**
     * A failure to be thrown.
     *
     * @param refusal what xl said
     * @param guest the guest
     * @param where what it was about, safe to print
     * @return the failure, with an unknown outcome if what was asked for may have been done
     */
    static BackendException of(XlRefusal refusal, XenGuest guest, Object where) {
        BackendException.Builder failure = meaning(refusal, guest).where(where + ", " + guest);
        return (refusal.cause().leavesDoubt() ? failure.outcomeUnknown() : failure).build();
    }

    private static BackendException.Builder meaning(XlRefusal refusal, XenGuest guest) {
        return switch (refusal.cause()) {
            case NOT_ROOT ->
                failure(BackendException.NO_PERMISSION, refusal)
                        .remedy("run this as root")
                        .retry(Retry.NEVER);
            case NO_XEN ->
                failure(BackendException.UNSUPPORTED, refusal)
                        .remedy("run this in Xen's control domain")
                        .retry(Retry.NEVER);
            case NOT_STARTED ->
                BackendException.of(BackendException.UNSUPPORTED, "xl cannot be run: " + refusal.said())
                        .remedy("install Xen's tools (Debian: xen-utils), of the version of Xen that runs");
            case NO_DOMAIN -> failure(BackendException.GUEST_GONE, refusal).retry(Retry.ON_CHANGE);
            case NOT_ASSIGNABLE -> failure(BackendException.REFUSED, refusal).remedy("is it a hub? xl takes none");
            case POISONED ->
                BackendException.of(
                                BackendException.REFUSED,
                                "xl attaches nothing on this host while some guest's port names a device that is gone")
                        .remedy("let this program repair it (without --no-repair), or write \"\" to that port in"
                                + " xenstore, below /libxl/<domid>/device/vusb");
            case ATTACHED_ALREADY ->
                failure(BackendException.REFUSED, refusal).remedy("see which guest has it: xl usb-list");
            case PORT_TAKEN, GHOST_CONTROLLER ->
                failure(BackendException.PORT_BUSY, refusal).retry(Retry.NOW);
            case NO_CONTROLLER ->
                BackendException.of(BackendException.PORT_BUSY, "the controller is gone")
                        .retry(Retry.NOW);
            case DUPLICATE_OBJECT ->
                failure(BackendException.REFUSED, refusal)
                        .remedy("the device model has it, and xenstore does not say so: device_del it at its monitor");
            case NO_OBJECT, NO_DEVICE, OTHER -> failure(BackendException.REFUSED, refusal);
            case NOT_OPENED -> notOpened(refusal, guest);
            case NOT_LISTED_YET -> failure(BackendException.NOT_READY, refusal);
            case NO_SLOT ->
                failure(BackendException.NO_ROOM, refusal)
                        .remedy("make room: remove a PCI device from the guest")
                        .retry(Retry.NEVER);
            case LIBXL_TOO_OLD ->
                failure(BackendException.UNSUPPORTED, refusal)
                        .remedy("this xl cannot speak to this QEMU: upgrade Xen to 4.19.5, 4.20.3, 4.21.1 or later, or"
                                + " use the hypervisor xen-qmp")
                        .retry(Retry.NEVER);
            case MIGRATING -> failure(BackendException.REFUSED, refusal).retry(Retry.ON_CHANGE);
            case MONITOR_BUSY, MONITOR_SILENT ->
                failure(BackendException.BUSY, refusal)
                        .remedy("the guest's monitor is busy: end what is connected to /run/xen/qmp-libxl-"
                                + guest.domid() + ", or give that a monitor of its own with device_model_args_hvm");
            case NO_MONITOR -> noMonitor(refusal, guest);
            case NO_DEVICE_MODEL, NO_BACKEND ->
                failure(BackendException.NO_ROOM, refusal).remedy(USBCTRL).retry(Retry.NEVER);
            case CUT_OFF ->
                BackendException.of(BackendException.TIMEOUT, "xl did not come to an end: " + refusal.said())
                        .remedy("see what holds up xl (xl list, xenstored, a program at the guest's monitor)");
        };
    }

    private static BackendException.Builder notOpened(XlRefusal refusal, XenGuest guest) {
        DeviceModel model = guest.deviceModel();
        if (model.stubdomain().isPresent()) {
            return failure(BackendException.UNSUPPORTED, refusal)
                    .remedy(
                            "the guest's device model is in a stub domain, which does not have the host's devices: create"
                                    + " the guest without device_model_stubdomain_override")
                    .retry(Retry.NEVER);
        }
        if (model.user().isPresent()) {
            return failure(BackendException.UNSUPPORTED, refusal)
                    .remedy("the guest's device model may not open devices: create the guest without dm_restrict and"
                            + " device_model_user")
                    .retry(Retry.NEVER);
        }
        return failure(BackendException.REFUSED, refusal)
                .remedy(
                        "the device model's log below /var/log/xen (qemu-dm-*.log) has the reason: speed, rights, or the"
                                + " device is in use");
    }

    private static BackendException.Builder noMonitor(XlRefusal refusal, XenGuest guest) {
        boolean emulated = guest.type() == XenGuest.Type.HVM;
        return failure(emulated ? BackendException.IO : BackendException.NO_ROOM, refusal)
                .remedy(emulated ? "does the guest's device model still run? its log is below /var/log/xen" : USBCTRL)
                .retry(emulated ? Retry.BACK_OFF : Retry.NEVER);
    }

    private static BackendException.Builder failure(String code, XlRefusal refusal) {
        return BackendException.of(code, "xl says " + refusal.said());
    }
}
