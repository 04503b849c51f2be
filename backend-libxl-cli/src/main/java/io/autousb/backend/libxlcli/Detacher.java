package io.autousb.backend.libxlcli;

import io.autousb.api.CommandResult;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.HostUsb;
import io.autousb.xen.repair.UsbObject;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import java.util.List;
import java.util.Optional;

/**
 * Takes one device away. By {@code xl usbdev-detach} where the host still has the very device that was attached; xl finds
 * no other (libxl looks up in sysfs, now, what xenstore says: {@code libxl_usb.c}, {@code usbdev_busaddr_from_busid}).
 * Else at the device model and in xenstore ourselves. Thread-safe.
 */
final class Detacher {

    /** Of an attachment of another's, it is not known. */
    private static final Generation NO_STAY = new Generation("000000000000");

    private final XenHost xen;
    private final DeviceModels models;
    private final HostReader host;
    private final XlRuns runs;
    private final Settlement settlement;

    Detacher(XenHost xen, DeviceModels models, HostReader host, XlRuns runs, Settlement settlement) {
        this.xen = xen;
        this.models = models;
        this.host = host;
        this.runs = runs;
        this.settlement = settlement;
    }

    /**
     * An attachment where it is.
     *
     * @param guest its guest
     * @param port its port
     * @param device what the port says
     * @param mark our mark, if it is ours
     */
    private record Place(XenGuest guest, VusbPortId port, PortPath device, Optional<AttachmentMark> mark) {}

    void detach(DetachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest guest = xen.requireReady(request.guest(), deadline);
        find(guest, request.attachment(), deadline).ifPresent(place -> {
            Optional<DeviceAddress> address = addressForXl(place);
            if (address.isEmpty() || !detachByXl(place, address.get(), request.attachment(), deadline)) {
                clear(place, deadline);
            }
        });
    }

    /** Where it is, if it is there and no other in its place. */
    private Optional<Place> find(XenGuest guest, Attachment attachment, Deadline deadline) {
        VusbState state = xen.ledger().read(guest, deadline);
        return attachment.port().flatMap(state::find).flatMap(state::port).flatMap(port -> {
            Optional<AttachmentMark> mark = state.ours(port);
            String handle = mark.map(AttachmentMark::handle)
                    .or(() -> port.device().map(PortPath::toString))
                    .orElse("");
            return port.device()
                    .filter(device -> handle.equals(attachment.handle()))
                    .map(device -> new Place(guest, port.id(), device, mark));
        });
    }

    /** The address that xl would find; empty if that is not the one that was attached, as far as anybody knows. */
    private Optional<DeviceAddress> addressForXl(Place place) {
        HostUsb plugged = host.read();
        return plugged.at(place.device())
                .filter(now -> place.mark()
                        .map(mark -> plugged.has(mark.path(), mark.generation()))
                        .orElse(true))
                .map(HostUsb.Present::address);
    }

    /** Whether xl did it; false if it cannot, as it looked for another device than the device model has. */
    private boolean detachByXl(Place place, DeviceAddress address, Attachment attachment, Deadline deadline) {
        XenGuest guest = place.guest();
        AttachmentMark meant = place.mark()
                .orElseGet(() -> new AttachmentMark(place.device(), NO_STAY, AttachmentMark.handle(address)));
        CommandResult result;
        try {
            result = runs.run(guest, XlCommand.detach(guest, place.port()), deadline);
        } catch (BackendException e) {
            if (e.outcomeUnknown()) {
                settlement.add(guest, new Doubt.Place(place.port(), meant));
            }
            throw e;
        }
        if (result.succeeded()) {
            place.mark().ifPresent(mark -> xen.ledger().forget(guest, place.port(), mark, deadline));
            return true;
        }
        XlRefusal refusal = XlRefusal.of(result);
        if (refusal.cause() == XlCause.NO_DEVICE || refusal.cause() == XlCause.NO_OBJECT) {
            return false;
        }
        // libxl crashes where a controller has just gone.
        if (refusal.cause().leavesDoubt()) {
            settlement.add(guest, new Doubt.Place(place.port(), meant));
        }
        throw XlFailures.of(refusal, guest, attachment);
    }

    /**
     * The object first: as long as it is there, the port is what remembers it. Repeatable; a failure leaves both, or the
     * port with a device that is gone from the device model.
     */
    private void clear(Place place, Deadline deadline) {
        XenGuest guest = place.guest();
        boolean emulated = xen.ledger()
                .read(guest, deadline)
                .controller(place.port().controller())
                .filter(controller -> !controller.type().hasBackend())
                .isPresent();
        if (emulated) {
            deleteObjects(place, deadline);
        }
        boolean ignored = xen.ledger().clear(guest, place.port(), place.device(), deadline);
        place.mark().ifPresent(mark -> xen.ledger().forget(guest, place.port(), mark, deadline));
    }

    private void deleteObjects(Place place, Deadline deadline) {
        try (DeviceModels.Session session = models.open(place.guest(), deadline)) {
            List<UsbObject> objects = session.objects(deadline);
            HostUsb plugged = host.read();
            for (UsbObject object : objects) {
                if (object instanceof UsbObject.HostDevice device && isMeant(device, place, plugged)) {
                    session.delete(device.id(), deadline);
                }
            }
        } catch (BackendException e) {
            if (!isEnded(e)) {
                throw e;
            }
        }
    }

    /** Its device model has ended, and so has nothing; the domain is about to follow. */
    private static boolean isEnded(BackendException e) {
        return e.is(BackendException.GUEST_GONE);
    }

    /** By our mark; without one, what is on the port and can be no other device's. */
    private static boolean isMeant(UsbObject.HostDevice object, Place place, HostUsb plugged) {
        if (place.mark().isPresent()) {
            return object.id().equals(place.mark().get().handle());
        }
        return object.port().filter(place.port()::equals).isPresent()
                && object.address().filter(address -> !plugged.has(address)).isPresent();
    }
}
