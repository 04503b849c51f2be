package io.autousb.backend.libxlcli;

import io.autousb.api.CommandResult;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds a controller by {@code xl usbctrl-attach}. Thread-safe. */
final class ControllerAdder {

    /** The most that libxl allows an emulated one ({@code libxl__device_usbctrl_setdefault}). */
    private static final int[] EMULATED_PORTS = {0, 2, 6, 15};

    /** What libxl gives a paravirtual one that asks for no number. There are none of version 3. */
    private static final int BACKEND_PORTS = 8;

    private static final int BACKEND_VERSION = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ControllerAdder.class);

    private final XenHost xen;
    private final XlRuns runs;
    private final Settlement settlement;
    private final PerLife<String> warned = new PerLife<>();

    ControllerAdder(XenHost xen, XlRuns runs, Settlement settlement) {
        this.xen = xen;
        this.runs = runs;
        this.settlement = settlement;
    }

    void add(AddControllerRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest guest = xen.requireReady(request.guest(), deadline);
        Set<Integer> before = devids(guest, deadline);
        CommandResult result;
        try {
            result = runs.run(guest, command(guest, request.usbVersion()), deadline);
        } catch (BackendException e) {
            doubt(guest, before, e.outcomeUnknown());
            throw e;
        }
        if (!result.succeeded()) {
            XlRefusal refusal = XlRefusal.of(result);
            doubt(guest, before, refusal.cause().leavesDoubt());
            throw XlFailures.of(refusal, guest, "a USB " + request.usbVersion() + " controller");
        }
        if (before.containsAll(devids(guest, deadline))) {
            throw BackendException.of(
                            BackendException.REFUSED, "xl says that it has made a controller, and xenstore does not")
                    .where(guest)
                    .build();
        }
        warn(guest);
    }

    /** libxl adds the controller after QEMU's start on the restoring side too, and QEMU does not find it then. */
    private void warn(XenGuest guest) {
        if (guest.type() == XenGuest.Type.HVM && warned.of(guest).isEmpty()) {
            warned.add(guest, "");
            LOG.warn(
                    "{} was given a USB controller, and cannot be restored after xl save any more (as with usbctrl in its"
                            + " configuration): to avoid that, let xen-qmp serve it, with a controller in"
                            + " device_model_args_hvm",
                    guest);
        }
    }

    private static List<String> command(XenGuest guest, int version) {
        return guest.type() == XenGuest.Type.HVM
                ? XlCommand.attachController(guest, VusbType.DEVICEMODEL, version, EMULATED_PORTS[version])
                : XlCommand.attachController(guest, VusbType.QUSB, Math.min(version, BACKEND_VERSION), BACKEND_PORTS);
    }

    private Set<Integer> devids(XenGuest guest, Deadline deadline) {
        VusbState state = xen.ledger().read(guest, deadline);
        return new HashSet<>(state.devids());
    }

    /** The number that libxl gives is the one after the last ({@code libxl__device_nextid}). */
    private void doubt(XenGuest guest, Set<Integer> before, boolean unknown) {
        if (unknown) {
            int next = before.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
            settlement.add(guest, new Doubt.Controller(next));
        }
    }
}
