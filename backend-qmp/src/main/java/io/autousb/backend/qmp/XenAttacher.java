package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import java.util.OptionalInt;

/**
 * Attaches one device to a guest of Xen, in libxl's order: mark and port are written first, then QEMU is asked, and if it
 * says no they are taken back. On a controller that libxl does not know there is no port to write, and the id is the mark.
 */
final class XenAttacher {

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final Rollback rollback;
    private final Attacher attacher;

    XenAttacher(VusbLedger ledger, LedgerNotes notes, Rollback rollback, Attacher attacher) {
        this.ledger = ledger;
        this.notes = notes;
        this.rollback = rollback;
        this.attacher = attacher;
    }

    Attachment attach(XenGuest guest, MonitorLink link, AttachRequest request, Deadline deadline) {
        OptionalInt devid = VusbController.devid(request.port().controller());
        if (devid.isEmpty()) {
            return attacher.attach(link, request, deadline);
        }
        UsbDevice device = request.device();
        attacher.requireThere(device); // not a moment may a port speak of a device that is gone
        VusbPortId port = new VusbPortId(devid.getAsInt(), request.port().number());
        AttachmentMark mark = AttachmentMark.of(device.path(), device.address(), device.generation());
        claim(guest, port, mark, deadline);
        try {
            Attachment made = attacher.attach(link, request, mark.handle(), deadline);
            return LedgerView.marked(made, mark);
        } catch (BackendException e) {
            if (!e.outcomeUnknown()) {
                rollback.unclaim(guest, port, mark);
            }
            throw e;
        }
    }

    /** Notes it first: if nobody answers, it may be written all the same. */
    private void claim(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        LedgerNotes.Note before = notes.of(guest).get(port);
        notes.put(guest, port, LedgerNotes.Note.ours(mark));
        try {
            ledger.claim(guest, port, mark, deadline);
        } catch (BackendException e) {
            if (e.outcomeUnknown()) {
                throw e;
            }
            if (before == null) {
                notes.remove(guest, port);
            } else {
                notes.put(guest, port, before);
            }
            throw e;
        }
    }
}
