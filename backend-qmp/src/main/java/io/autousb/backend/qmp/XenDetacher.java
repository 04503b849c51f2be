package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import java.util.Optional;

/**
 * Takes one device away from a guest of Xen, in libxl's order: the port is cleared first, then QEMU is asked, and if it
 * says no the port is written back. A device that the host has lost is never written back: its port would keep {@code xl
 * usbdev-attach} from working. The mark goes last.
 */
final class XenDetacher {

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final Rollback rollback;
    private final HostDevices host;

    XenDetacher(VusbLedger ledger, LedgerNotes notes, Rollback rollback, HostDevices host) {
        this.ledger = ledger;
        this.notes = notes;
        this.rollback = rollback;
        this.host = host;
    }

    /** A port that speaks of what is to be taken away. */
    private record Place(VusbPortId port, LedgerNotes.Note note) {}

    void detach(XenGuest guest, MonitorLink link, DetachRequest request, Deadline deadline) {
        Optional<Place> found = place(ledger.read(guest, deadline), link, request.attachment(), deadline);
        if (found.isEmpty()) {
            Detacher.detach(link, request, deadline);
            return;
        }
        Place place = found.get();
        LedgerNotes.Note note = place.note();
        notes.put(guest, place.port(), note);
        boolean held = ledger.clear(guest, place.port(), note.path(), deadline);
        try {
            Detacher.detach(link, request, deadline);
        } catch (BackendException e) {
            if (!e.outcomeUnknown() && held && host.isThere(note)) {
                rollback.restore(guest, place.port(), note);
            }
            throw e;
        }
        note.mark()
                .ifPresentOrElse(
                        mark -> rollback.forget(guest, place.port(), mark), () -> notes.remove(guest, place.port()));
    }

    /** By our mark; without one, only what QEMU has on that very port now: the port may be another device's by now. */
    private static Optional<Place> place(VusbState state, MonitorLink link, Attachment attachment, Deadline deadline) {
        Optional<Place> ours = state.marks().entrySet().stream()
                .filter(each -> each.getValue().handle().equals(attachment.handle()))
                .findFirst()
                .map(each -> new Place(
                        each.getKey(), LedgerNotes.Note.ours(each.getValue()).going()));
        return ours.or(() -> attachment
                .port()
                .filter(port -> isOn(link, attachment.handle(), port, deadline))
                .flatMap(state::find)
                .flatMap(state::port)
                .flatMap(port -> foreign(port, attachment.handle())));
    }

    private static Optional<Place> foreign(VusbPort port, String handle) {
        return port.device()
                .map(path -> new Place(port.id(), new LedgerNotes.Note(path, handle, Optional.empty(), true)));
    }

    private static boolean isOn(MonitorLink link, String handle, GuestPort port, Deadline deadline) {
        Qom qom = link.qom(deadline);
        String path = handle.startsWith("/") ? handle : Qom.NAMED + "/" + handle;
        String bus = qom.text(path, "parent_bus");
        return bus.substring(bus.lastIndexOf('/') + 1).equals(port.controller())
                && qom.text(path, "port").equals(Integer.toString(port.number()));
    }
}
