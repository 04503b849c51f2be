package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what was written into a ledger for a change that did not come about. Has a little time of its own, when the
 * deadline of the change has passed. What cannot be taken back now stays noted, and is put right by the next
 * inspection.
 */
final class Rollback {

    private static final Logger LOG = LoggerFactory.getLogger(Rollback.class);
    private static final Duration TIME = Duration.ofSeconds(2);

    private final VusbLedger ledger;
    private final LedgerNotes notes;

    Rollback(VusbLedger ledger, LedgerNotes notes) {
        this.ledger = ledger;
        this.notes = notes;
    }

    /** Takes a claim back, and says whether xenstore knows. */
    boolean unclaim(XenGuest guest, VusbPortId port, AttachmentMark mark) {
        return attempt(guest, () -> {
            ledger.unclaim(guest, port, mark, Deadline.after(TIME));
            notes.remove(guest, port);
        });
    }

    /** Writes a device back that QEMU has kept. */
    void restore(XenGuest guest, VusbPortId port, LedgerNotes.Note note) {
        boolean ignored = attempt(guest, () -> {
            boolean unused = ledger.restore(guest, port, note.path(), Deadline.after(TIME));
            if (note.mark().isPresent()) {
                notes.put(guest, port, note.staying());
            } else {
                notes.remove(guest, port);
            }
        });
    }

    /** Removes the mark of what is gone. */
    void forget(XenGuest guest, VusbPortId port, AttachmentMark mark) {
        boolean ignored = attempt(guest, () -> {
            ledger.forget(guest, port, mark, Deadline.after(TIME));
            notes.remove(guest, port);
        });
    }

    /** Removes a controller that QEMU has not made. */
    void remove(XenGuest guest, VusbController controller) {
        boolean ignored = attempt(guest, () -> {
            boolean unused = ledger.removeController(guest, controller, Deadline.after(TIME));
            notes.remove(guest, controller);
        });
    }

    private static boolean attempt(XenGuest guest, Runnable change) {
        try {
            change.run();
            return true;
        } catch (BackendException e) {
            LOG.debug("what xenstore says of {} is put right later", guest, e);
            return false;
        }
    }
}
