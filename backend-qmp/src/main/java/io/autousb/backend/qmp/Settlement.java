package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import java.util.Map;

/**
 * Puts xenstore right, once QEMU tells what became of a change whose outcome was not known, or that somebody took away what
 * was ours. Touches nothing but what {@link LedgerNotes} speak of. To be used while no change of ours is under way in
 * the guest.
 */
final class Settlement {

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final HostDevices host;

    Settlement(VusbLedger ledger, LedgerNotes notes, HostDevices host) {
        this.ledger = ledger;
        this.notes = notes;
        this.host = host;
    }

    /**
     * Puts right what a look has shown.
     *
     * @param guest the guest
     * @param seen what QEMU has
     * @param state what xenstore says, read after that
     * @return what xenstore says then
     */
    VusbState settle(XenGuest guest, GuestInspection seen, VusbState state, Deadline deadline) {
        boolean changed = false;
        for (Map.Entry<VusbPortId, LedgerNotes.Note> each : notes.of(guest).entrySet()) {
            boolean there = seen.attachments().stream()
                    .map(Attachment::handle)
                    .anyMatch(each.getValue().handle()::equals);
            changed |= there
                    ? stays(guest, each.getKey(), each.getValue(), deadline)
                    : isGone(guest, each.getKey(), each.getValue(), deadline);
        }
        for (VusbController controller : notes.controllers(guest)) {
            boolean there = seen.controllers().stream().map(GuestController::id).anyMatch(controller.bus()::equals);
            changed |= !there && ledger.removeController(guest, controller, deadline);
            notes.remove(guest, controller);
        }
        VusbState settled = changed ? ledger.read(guest, deadline) : state;
        note(guest, seen, settled);
        return settled;
    }

    /** QEMU has it: where a removal failed, the port has to say so again, unless the host has lost the device. */
    private boolean stays(XenGuest guest, VusbPortId port, LedgerNotes.Note note, Deadline deadline) {
        if (!note.leaving() || !host.isThere(note)) {
            return false;
        }
        boolean restored = ledger.restore(guest, port, note.path(), deadline);
        if (note.mark().isPresent()) {
            notes.put(guest, port, note.staying());
        } else {
            notes.remove(guest, port);
        }
        return restored;
    }

    private boolean isGone(XenGuest guest, VusbPortId port, LedgerNotes.Note note, Deadline deadline) {
        note.mark().ifPresent(mark -> ledger.unclaim(guest, port, mark, deadline));
        notes.remove(guest, port);
        return note.mark().isPresent();
    }

    /** What is ours and works: if somebody takes it away, its mark has to go too. */
    private void note(XenGuest guest, GuestInspection seen, VusbState state) {
        for (Attachment attachment : seen.attachments()) {
            LedgerView.mark(attachment, state)
                    .ifPresent(mark -> attachment
                            .port()
                            .flatMap(state::find)
                            .filter(port -> !notes.of(guest).containsKey(port))
                            .ifPresent(port -> notes.put(guest, port, LedgerNotes.Note.ours(mark))));
        }
    }
}
