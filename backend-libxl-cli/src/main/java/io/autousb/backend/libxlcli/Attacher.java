package io.autousb.backend.libxlcli;

import io.autousb.api.CommandResult;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.HostUsb;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import java.util.function.Predicate;

/** Attaches one device: our mark, then {@code xl usbdev-attach}, then a look at xenstore. Thread-safe. */
final class Attacher {

    private final XenHost xen;
    private final HostReader host;
    private final XlRuns runs;
    private final Settlement settlement;
    private final Ghosts ghosts;
    private final Predicate<Deadline> repair;

    /**
     * Begins nothing.
     *
     * @param repair clears what keeps xl from attaching anything on this host; false if it may not
     */
    Attacher(
            XenHost xen,
            HostReader host,
            XlRuns runs,
            Settlement settlement,
            Ghosts ghosts,
            Predicate<Deadline> repair) {
        this.xen = xen;
        this.host = host;
        this.runs = runs;
        this.settlement = settlement;
        this.ghosts = ghosts;
        this.repair = repair;
    }

    Attachment attach(AttachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest guest = xen.requireReady(request.guest(), deadline);
        UsbDevice device = request.device();
        requireThere(device);
        requireInitialized(device);
        VusbState state = xen.ledger().read(guest, deadline);
        requireNew(state, device, guest);
        VusbPortId port = state.find(request.port())
                .filter(id -> !ghosts.of(guest).contains(id.controller()))
                .orElseThrow(() -> BackendException.of(BackendException.PORT_BUSY, "there is no such port")
                        .where(request.port() + ", " + guest)
                        .retry(Retry.NOW)
                        .build());
        AttachmentMark mark = AttachmentMark.of(device.path(), device.address(), device.generation());
        xen.ledger().announce(guest, port, mark, deadline);
        return attach(request, guest, port, mark, deadline);
    }

    private Attachment attach(
            AttachRequest request, XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        CommandResult result;
        try {
            result = run(request, guest, port, deadline);
        } catch (BackendException e) {
            if (e.outcomeUnknown()) {
                settlement.add(guest, new Doubt.Place(port, mark));
            } else {
                takeBack(guest, port, mark, deadline);
            }
            throw e;
        }
        if (!result.succeeded()) {
            throw refused(request, guest, port, mark, XlRefusal.of(result), deadline);
        }
        return made(request, guest, port, mark, deadline);
    }

    private CommandResult run(AttachRequest request, XenGuest guest, VusbPortId port, Deadline deadline) {
        var command = XlCommand.attach(guest, request.device().address(), port);
        CommandResult result = runs.run(guest, command, deadline);
        boolean poisoned = !result.succeeded() && XlRefusal.of(result).cause() == XlCause.POISONED;
        return poisoned && repair.test(deadline) ? runs.run(guest, command, deadline) : result;
    }

    private Attachment made(
            AttachRequest request, XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        VusbState state;
        try {
            state = xen.ledger().read(guest, deadline);
        } catch (BackendException e) {
            settlement.add(guest, new Doubt.Place(port, mark));
            throw e.is(BackendException.GUEST_GONE)
                    ? e
                    : e.again().outcomeUnknown().build();
        }
        return state.port(port)
                .filter(there -> state.ours(there).filter(mark::equals).isPresent())
                .flatMap(there -> Inspector.attachment(request.guest(), state, there))
                .orElseThrow(() -> {
                    settlement.add(guest, new Doubt.Place(port, mark));
                    return BackendException.of(
                                    BackendException.REFUSED, "xl says that it is attached, and xenstore does not")
                            .where(request.device() + ", " + guest)
                            .remedy("did somebody take it away at once?")
                            .outcomeUnknown()
                            .build();
                });
    }

    private BackendException refused(
            AttachRequest request,
            XenGuest guest,
            VusbPortId port,
            AttachmentMark mark,
            XlRefusal refusal,
            Deadline deadline) {
        XlCause cause = refusal.cause();
        if (cause.leavesDoubt()) {
            settlement.add(guest, new Doubt.Place(port, mark));
            return XlFailures.of(refusal, guest, request.device());
        }
        takeBack(guest, port, mark, deadline);
        if (cause == XlCause.GHOST_CONTROLLER) {
            ghosts.add(guest, port.controller());
        }
        requireThere(request.device());
        if (cause == XlCause.ATTACHED_ALREADY) {
            requireNew(xen.ledger().read(guest, deadline), request.device(), guest);
        }
        return XlFailures.of(refusal, guest, request.device());
    }

    /**
     * Removes our mark. What libxl refuses it takes out of xenstore by itself; where it has not, or nobody can look, there
     * is more to find out.
     */
    private void takeBack(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        try {
            boolean noted = xen.ledger()
                    .read(guest, deadline)
                    .port(port)
                    .flatMap(VusbPort::device)
                    .filter(mark.path()::equals)
                    .isPresent();
            if (!noted) {
                xen.ledger().forget(guest, port, mark, deadline);
                return;
            }
        } catch (BackendException e) {
            if (e.is(BackendException.GUEST_GONE)) {
                throw e;
            }
        }
        settlement.add(guest, new Doubt.Place(port, mark));
    }

    private void requireThere(UsbDevice device) {
        boolean there = host.read()
                .at(device.path())
                .filter(new HostUsb.Present(device.address(), device.generation())::equals)
                .isPresent();
        if (!there) {
            throw BackendException.of(BackendException.DEVICE_GONE, "the device is not there any more")
                    .where(device)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
    }

    /** libxl names devices by numbers, which QEMU looks up in a list that it makes of udev's events. */
    private static void requireInitialized(UsbDevice device) {
        if (!device.initialized()) {
            throw BackendException.of(
                            BackendException.NOT_READY,
                            "udev is not done with the device, and so QEMU does not know it")
                    .where(device)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
    }

    private static void requireNew(VusbState state, UsbDevice device, XenGuest guest) {
        state.ports().stream()
                .filter(port -> port.device().filter(device.path()::equals).isPresent())
                .findFirst()
                .ifPresent(port -> {
                    throw BackendException.of(BackendException.DUPLICATE, "the guest has it already")
                            .where(device + " on " + port.id() + ", " + guest)
                            .retry(Retry.ON_CHANGE)
                            .build();
                });
    }
}
