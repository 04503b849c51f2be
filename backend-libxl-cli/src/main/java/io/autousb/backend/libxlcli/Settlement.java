package io.autousb.backend.libxlcli;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.UsbObject;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import java.util.List;

/**
 * Finds out what became of changes whose outcome is not known, and makes xenstore and the device model agree: what the two
 * do not both have goes. Thread-safe.
 */
final class Settlement {

    private final XenHost xen;
    private final DeviceModels models;
    private final PerLife<Doubt> doubts = new PerLife<>();

    Settlement(XenHost xen, DeviceModels models) {
        this.xen = xen;
        this.models = models;
    }

    /** Something is to be settled, by the next inspection. In memory only: what is left at the end has its mark. */
    void add(XenGuest guest, Doubt doubt) {
        doubts.add(guest, doubt);
    }

    /**
     * Settles all of a guest, no xl being at work there.
     *
     * @param guest the guest
     * @param deadline by when
     * @throws BackendException if that is not possible now: nobody knows then what the guest has
     */
    void settle(XenGuest guest, Deadline deadline) {
        List<Doubt> open = doubts.of(guest);
        if (open.isEmpty()) {
            return;
        }
        if (guest.type() != XenGuest.Type.HVM) {
            settle(guest, open, new Backends(), deadline);
            return;
        }
        try (DeviceModels.Session session = models.open(guest, deadline)) {
            settle(guest, open, session, deadline);
        }
    }

    private void settle(XenGuest guest, List<Doubt> open, DeviceModels.Session session, Deadline deadline) {
        List<UsbObject> objects = session.objects(deadline);
        VusbState state = xen.ledger().read(guest, deadline);
        for (Doubt doubt : open) {
            if (doubt instanceof Doubt.Place place) {
                settle(guest, place, state, objects, session, deadline);
            } else if (doubt instanceof Doubt.Controller controller) {
                settle(guest, controller, state, objects, deadline);
            }
            doubts.remove(guest, doubt);
        }
    }

    private void settle(
            XenGuest guest,
            Doubt.Place place,
            VusbState state,
            List<UsbObject> objects,
            DeviceModels.Session session,
            Deadline deadline) {
        VusbLedger ledger = xen.ledger();
        VusbPortId port = place.port();
        AttachmentMark mark = place.mark();
        boolean noted = state.port(port)
                .flatMap(VusbPort::device)
                .filter(mark.path()::equals)
                .isPresent();
        boolean emulated = state.controller(port.controller())
                .map(VusbController::type)
                .filter(type -> !type.hasBackend())
                .isPresent();
        boolean there = emulated ? objects.stream().anyMatch(each -> each.id().equals(mark.handle())) : noted;
        if (there && noted) {
            return;
        }
        if (there) {
            session.delete(mark.handle(), deadline);
        }
        if (noted) {
            boolean ignored = ledger.clear(guest, port, mark.path(), deadline);
        }
        ledger.forget(guest, port, mark, deadline);
    }

    private void settle(
            XenGuest guest, Doubt.Controller doubt, VusbState state, List<UsbObject> objects, Deadline deadline) {
        boolean there = objects.contains(new UsbObject.Controller(doubt.devid()));
        state.controller(doubt.devid())
                .filter(controller -> !there && !controller.type().hasBackend())
                .ifPresent(ghost -> {
                    boolean ignored = xen.ledger().removeController(guest, ghost, deadline);
                });
    }

    /** Backends do what xenstore says: there is nobody else to ask. */
    private static final class Backends implements DeviceModels.Session {
        @Override
        public List<UsbObject> objects(Deadline deadline) {
            return List.of();
        }

        @Override
        public void delete(String id, Deadline deadline) {
            throw new IllegalStateException("a backend has no objects: " + id);
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
