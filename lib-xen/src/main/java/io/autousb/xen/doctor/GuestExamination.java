package io.autousb.xen.doctor;

import io.autousb.api.Finding;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenAdapter;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.DedicatedMonitors;
import io.autousb.xen.repair.GuestUsb;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.Leftovers;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at one guest of Xen, without speaking to it. */
final class GuestExamination {

    /** What goes into {@code device_model_args_hvm} of the guest's configuration. */
    private static final String CONTROLLER = "\"-device\",\"qemu-xhci,id=usbports,p2=15,p3=15\"";

    private static final String MONITOR =
            "\"-chardev\",\"socket,id=usbmon,path=/run/xen/qmp-usb-NAME,server=on,wait=off\","
                    + "\"-mon\",\"chardev=usbmon,mode=control\"";

    private final VusbLedger ledger;
    private final DedicatedMonitors monitors;
    private final HostReader host;
    private final boolean savedAtShutdown;

    /**
     * Begins nothing yet.
     *
     * @param ledger what xenstore says
     * @param monitors what processes say
     * @param host what is plugged in
     * @param savedAtShutdown whether guests are saved when the host goes down
     */
    GuestExamination(VusbLedger ledger, DedicatedMonitors monitors, HostReader host, boolean savedAtShutdown) {
        this.ledger = ledger;
        this.monitors = monitors;
        this.host = host;
        this.savedAtShutdown = savedAtShutdown;
    }

    List<Finding> examine(XenGuest guest, Deadline deadline) {
        VusbState state = ledger.read(guest, deadline);
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("is served by " + XenAdapter.of(guest).adapterName(), guest));
        findings.add(controllers(guest, state));
        restore(guest, state).ifPresent(findings::add);
        Leftovers.find(new GuestUsb(guest, state, Optional.empty()), host.read()).stream()
                .map(leftover -> Finding.warning(
                        leftover.text()
                                + (leftover.kind().isTransitional()
                                        ? ""
                                        : ": xl usbdev-attach may fail for every guest of this host"),
                        guest,
                        "serve any guest without --no-repair: it is cleared at the start"))
                .forEach(findings::add);
        if (XenAdapter.of(guest) == XenAdapter.XEN_QMP) {
            findings.add(monitor(guest, deadline));
        }
        return findings;
    }

    private static Finding controllers(XenGuest guest, VusbState state) {
        boolean free = false;
        boolean freeForAll = false;
        for (VusbController controller : state.controllers()) {
            boolean takes = controller.isServed() && controller.ports().stream().anyMatch(VusbPort::isFree);
            free |= takes;
            freeForAll |= takes && controller.speeds().contains(UsbSpeed.FULL);
        }
        if (freeForAll) {
            return Finding.ok("has a free port on a USB controller", guest);
        }
        String what = state.controllers().isEmpty()
                ? "has no USB controller that xl knows"
                : free
                        ? "has free ports on USB controllers for high-speed devices only: keyboards and mice do not fit"
                        : "has no free port on a USB controller";
        return Finding.warning(what, guest, controllerRemedy(guest));
    }

    private static String controllerRemedy(XenGuest guest) {
        return guest.type() == XenGuest.Type.HVM
                ? "xen-qmp makes one when it needs it; for xl, use `xl usbctrl-attach " + guest.domid()
                        + " version=3 ports=15`"
                : "xl adds none to a running PV guest: add " + VusbType.PV_CONFIGURATION
                        + " to its configuration; its kernel needs the driver xen-hcd";
    }

    /** libxl adds such a controller after the start of QEMU, which then refuses the saved state of it. */
    private Optional<Finding> restore(XenGuest guest, VusbState state) {
        List<Integer> added = state.controllers().stream()
                .filter(controller -> controller.type() == VusbType.DEVICEMODEL)
                .map(VusbController::devid)
                .toList();
        if (added.isEmpty() || guest.type() != XenGuest.Type.HVM) {
            return Optional.empty();
        }
        String when = savedAtShutdown
                ? "; the service xendomains saves it at the next shutdown of this host, and it will not come back"
                : "";
        String xendomains = savedAtShutdown ? ", and set XENDOMAINS_SAVE= in /etc/default/xendomains" : "";
        return Optional.of(Finding.warning(
                "cannot be restored after `xl save`, because of its USB controller "
                        + String.join(", ", added.stream().map(String::valueOf).toList()) + when,
                guest,
                "shut it down rather than save it" + xendomains + "; or give it a controller from its start, with "
                        + CONTROLLER + " in device_model_args_hvm instead of usbctrl"));
    }

    private Finding monitor(XenGuest guest, Deadline deadline) {
        return monitors.find(guest, deadline).stream()
                .findFirst()
                .map(socket -> Finding.ok("has a monitor of its own at " + UntrustedText.of(socket.toString()), guest))
                .orElseGet(() -> Finding.warning(
                        "has no monitor of its own: libxl's is shared in turns, and xl waits while it is used",
                        guest,
                        "add to device_model_args_hvm in its configuration: " + MONITOR));
    }
}
