package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims ports in guests' ledgers for what is to be attached: at the moment of the attach, or ahead, while the host is
 * still configuring the device. For one guest to be used by one thread at a time.
 */
final class XenClaims {

    private static final Logger LOG = LoggerFactory.getLogger(XenClaims.class);

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final Rollback rollback;
    /** What was claimed ahead and is waiting for its attach, by instance of the guest. */
    private final Map<String, Ahead> ahead = new ConcurrentHashMap<>();

    /** The ports of emulated controllers that the last inspection has shown, by instance of the guest. */
    private final Map<String, Set<VusbPortId>> shown = new ConcurrentHashMap<>();

    private record Ahead(XenGuest guest, Map<VusbPortId, AttachmentMark> marks) {}

    XenClaims(VusbLedger ledger, LedgerNotes notes, Rollback rollback) {
        this.ledger = ledger;
        this.notes = notes;
        this.rollback = rollback;
    }

    /** Claims ports ahead, in place of those that were. What cannot be claimed now is left to {@link #claim}. */
    void prepare(XenGuest guest, Map<VusbPortId, AttachmentMark> wanted, Deadline deadline) {
        Map<VusbPortId, AttachmentMark> marks = marks(guest);
        marks.forEach((port, mark) -> {
            if (!mark.equals(wanted.get(port))) {
                withdraw(guest, port, mark);
            }
        });
        wanted.forEach((port, mark) -> {
            if (!marks.containsKey(port)) {
                try {
                    write(guest, port, mark, deadline);
                    marks.put(port, mark);
                } catch (BackendException e) {
                    LOG.debug("cannot claim {} of {} ahead", port, guest, e);
                    if (e.outcomeUnknown()) {
                        rollback.unclaim(guest, port, mark);
                    }
                }
            }
        });
    }

    /** Has the port speak of what is about to be attached, and of nothing else. */
    void claim(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        AttachmentMark there = marks(guest).get(port);
        if (there != null && !there.equals(mark)) {
            withdraw(guest, port, there);
        }
        if (marks(guest).remove(port) == null) {
            write(guest, port, mark, deadline);
        }
    }

    private void withdraw(XenGuest guest, VusbPortId port, AttachmentMark mark) {
        marks(guest).remove(port);
        rollback.unclaim(guest, port, mark);
    }

    /** Notes it first: if nobody answers, it may be written all the same. */
    private void write(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        LedgerNotes.Note before = notes.of(guest).get(port);
        notes.put(guest, port, LedgerNotes.Note.ours(mark));
        try {
            if (shown.getOrDefault(guest.instance(), Set.of()).contains(port)) {
                ledger.claimSeen(guest, port, mark, deadline);
            } else {
                ledger.claim(guest, port, mark, deadline);
            }
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

    private Map<VusbPortId, AttachmentMark> marks(XenGuest guest) {
        return ahead.computeIfAbsent(guest.instance(), unused -> new Ahead(guest, new ConcurrentHashMap<>()))
                .marks();
    }

    /** Leaves what was claimed ahead to a {@link Settlement}, which finds it in the notes. */
    void leave(XenGuest guest) {
        ahead.remove(guest.instance());
    }

    /** Takes note of what an inspection has shown. */
    void shown(XenGuest guest, VusbState state) {
        Set<VusbPortId> ports = state.controllers().stream()
                .filter(controller -> controller.type() == VusbType.DEVICEMODEL)
                .flatMap(controller -> controller.ports().stream())
                .map(VusbPort::id)
                .collect(Collectors.toUnmodifiableSet());
        shown.put(guest.instance(), ports);
    }

    /** Takes back what was claimed ahead in all other lives, and forgets them. */
    void retain(Collection<String> instances) {
        shown.keySet().retainAll(instances);
        for (Ahead each : List.copyOf(ahead.values())) {
            if (!instances.contains(each.guest().instance())) {
                each.marks().forEach((port, mark) -> withdraw(each.guest(), port, mark));
                ahead.remove(each.guest().instance());
            }
        }
    }
}
