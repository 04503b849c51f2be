package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPortId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches one device to a guest of Xen, in libxl's order: mark and port are written first, then QEMU is asked, and if it
 * says no they are taken back. On a controller that libxl does not know there is no port to write, and the id is the mark.
 */
final class XenAttacher {

    private static final Logger LOG = LoggerFactory.getLogger(XenAttacher.class);

    private final XenClaims claims;
    private final Rollback rollback;
    private final Attacher attacher;

    XenAttacher(XenClaims claims, Rollback rollback, Attacher attacher) {
        this.claims = claims;
        this.rollback = rollback;
        this.attacher = attacher;
    }

    Attachment attach(XenGuest guest, MonitorLink link, AttachRequest request, Deadline deadline) {
        Optional<VusbPortId> written = port(request);
        if (written.isEmpty()) {
            return attacher.attach(link, request, deadline);
        }
        VusbPortId port = written.get();
        AttachmentMark mark = mark(request);
        attacher.requireThere(request.device()); // not a moment may a port speak of a device that is gone
        claims.claim(guest, port, mark, deadline);
        try {
            Attachment made = attacher.attach(link, request, mark.handle(), deadline);
            return LedgerView.marked(made, mark);
        } catch (BackendException e) {
            if (!e.outcomeUnknown()) {
                boolean ignored = rollback.unclaim(guest, port, mark);
            }
            throw e;
        }
    }

    /**
     * Claims ports early, and lets QEMU read over a monitor that stays connected what it will be asked.
     *
     * @param link that connection, or null if there is none now
     * @return whether the guest has such claims now
     */
    boolean prepare(XenGuest guest, @Nullable MonitorLink link, List<AttachRequest> requests, Deadline deadline) {
        Map<VusbPortId, AttachmentMark> marks = new LinkedHashMap<>();
        List<AttachRequest> claimed = new ArrayList<>();
        for (AttachRequest request : requests) {
            Optional<VusbPortId> port = port(request);
            if (port.isPresent() && attacher.isThere(request.device())) {
                marks.put(port.get(), mark(request));
                claimed.add(request);
            }
        }
        if (link != null) {
            draft(link, claimed);
        }
        return claims.prepare(guest, marks, deadline);
    }

    /** Saves time only: claims are made whatever becomes of it. */
    private void draft(MonitorLink link, List<AttachRequest> requests) {
        try {
            attacher.prepare(link, requests, request -> mark(request).handle());
        } catch (BackendException e) {
            LOG.debug("nothing is sent early to {}", link.id(), e);
        }
    }

    /** The port to write, if libxl knows the controller. */
    private static Optional<VusbPortId> port(AttachRequest request) {
        OptionalInt devid = VusbController.devid(request.port().controller());
        return devid.isEmpty()
                ? Optional.empty()
                : Optional.of(new VusbPortId(devid.getAsInt(), request.port().number()));
    }

    private static AttachmentMark mark(AttachRequest request) {
        UsbDevice device = request.device();
        return AttachmentMark.of(device.path(), device.address(), device.generation());
    }
}
