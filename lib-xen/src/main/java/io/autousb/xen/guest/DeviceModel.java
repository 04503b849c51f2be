package io.autousb.xen.guest;

import io.autousb.domain.model.UntrustedText;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What xenstore says of the program that emulates a guest's devices.
 *
 * @param version {@code /libxl/<domid>/dm-version}: {@code qemu_xen} is QEMU, {@code qemu_xen_traditional} an
 *     old one without QMP; empty if it is not said. There for guests too that have no device model
 * @param state what it says of itself: {@code running} once it can be spoken to; empty while it starts and
 *     after it has ended. libxl ends it seconds before the domain is gone
 * @param pid its process in the control domain. Xen 4.20 and later first show that of a short-lived probe
 * @param stubdomain the domain that it runs in, if that is not the control domain ({@code
 *     image/device-model-domid})
 * @param user who it runs as, if libxl does not run it as root ({@code image/device-model-kill-uid}): with
 *     {@code dm_restrict} or {@code device_model_user}. It can open no USB device by itself then
 */
public record DeviceModel(
        Optional<UntrustedText> version,
        Optional<UntrustedText> state,
        OptionalInt pid,
        OptionalInt stubdomain,
        Optional<UntrustedText> user) {

    /** Nothing is said of any. */
    public static final DeviceModel NONE = new DeviceModel(
            Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

    /**
     * Whether it can be spoken to. libxl adds the controllers of the guest's configuration after that.
     *
     * @return true if it says so
     */
    public boolean isRunning() {
        return state.filter(text -> text.raw().equals("running")).isPresent();
    }

    /**
     * Whether it is a QEMU in the control domain that runs as root: one that can be spoken to by QMP, and can
     * open the host's USB devices.
     *
     * @return false also if nothing is said of it yet
     */
    public boolean reachesHostDevices() {
        return version.filter(text -> text.raw().equals("qemu_xen")).isPresent()
                && stubdomain.isEmpty()
                && user.isEmpty();
    }
}
