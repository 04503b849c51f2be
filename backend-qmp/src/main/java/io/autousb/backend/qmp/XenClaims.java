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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims ports in guests' ledgers for what is to be attached: at the moment of the attach, or early, while the host is
 * still configuring the device. Thread-safe: who takes a claim out of the list, and nobody else, uses it or takes it back.
 */
final class XenClaims {

    private static final Logger LOG = LoggerFactory.getLogger(XenClaims.class);

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final Rollback rollback;
    private final List<Claim> early = new ArrayList<>();
    private boolean ended;
    /** The ports of emulated controllers that the last inspection has shown, by instance of the guest. */
    private final Map<String, Set<VusbPortId>> shownPorts = new ConcurrentHashMap<>();

    /** A port that speaks of a device which is yet to be attached. */
    private record Claim(XenGuest guest, VusbPortId port, AttachmentMark mark) {

        boolean isOf(String instance) {
            return guest.instance().equals(instance);
        }
    }

    XenClaims(VusbLedger ledger, LedgerNotes notes, Rollback rollback) {
        this.ledger = ledger;
        this.notes = notes;
        this.rollback = rollback;
    }

    /**
     * Claims ports early, in place of those that were. What cannot be claimed now is left to {@link #claim}.
     *
     * @return whether the guest has any such claim now
     */
    boolean prepare(XenGuest guest, Map<VusbPortId, AttachmentMark> wanted, Deadline deadline) {
        withdraw(each -> each.isOf(guest.instance()) && !each.mark().equals(wanted.get(each.port())));
        wanted.forEach((port, mark) -> {
            if (!has(guest, port, mark)) {
                claimEarly(new Claim(guest, port, mark), deadline);
            }
        });
        return hasAny(guest.instance());
    }

    private void claimEarly(Claim claim, Deadline deadline) {
        try {
            write(claim.guest(), claim.port(), claim.mark(), deadline);
        } catch (BackendException e) {
            LOG.debug("cannot claim {} of {} early", claim.port(), claim.guest(), e);
            if (e.outcomeUnknown()) {
                takeBack(claim);
            }
            return;
        }
        if (!add(claim)) {
            takeBack(claim);
        }
    }

    /** Has the port speak of what is about to be attached, and no port of what is to be elsewhere. */
    void claim(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        withdraw(each -> each.isOf(guest.instance())
                && (each.port().equals(port) != each.mark().equals(mark)));
        boolean claimed = !take(each ->
                        each.isOf(guest.instance()) && each.port().equals(port))
                .isEmpty();
        if (!claimed) {
            write(guest, port, mark, deadline);
        }
    }

    /** Notes it first: if nobody answers, it may be written all the same. */
    private void write(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        LedgerNotes.Note before = notes.of(guest).get(port);
        notes.put(guest, port, LedgerNotes.Note.ours(mark));
        try {
            if (shownPorts.getOrDefault(guest.instance(), Set.of()).contains(port)) {
                ledger.claimShown(guest, port, mark, deadline);
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

    /** Leaves what was claimed early to a {@link Settlement}, which finds it in the notes. */
    void leaveToSettlement(XenGuest guest) {
        List<Claim> unused = take(each -> each.isOf(guest.instance()));
    }

    /** Takes note of what an inspection has shown. */
    void shown(XenGuest guest, VusbState state) {
        Set<VusbPortId> ports = state.controllers().stream()
                .filter(controller -> controller.type() == VusbType.DEVICEMODEL)
                .flatMap(controller -> controller.ports().stream())
                .map(VusbPort::id)
                .collect(Collectors.toUnmodifiableSet());
        shownPorts.put(guest.instance(), ports);
    }

    /** Takes back what was claimed early in a life of a guest, which may be about to end. */
    void withdraw(String instance) {
        withdraw(each -> each.isOf(instance));
    }

    /** Takes back what was claimed early in all other lives, and forgets them. */
    void retain(Collection<String> instances) {
        withdraw(each -> !instances.contains(each.guest().instance()));
        shownPorts.keySet().retainAll(instances);
    }

    /** Takes back all that was claimed early, and what is being claimed at this moment. */
    void end() {
        synchronized (early) {
            ended = true;
        }
        withdraw(each -> true);
    }

    /** If xenstored does not answer for one, it would not for the next: those are left to the next inspection. */
    private void withdraw(Predicate<Claim> which) {
        for (Claim claim : take(which)) {
            if (!takeBack(claim)) {
                return;
            }
        }
    }

    private boolean takeBack(Claim claim) {
        return rollback.unclaim(claim.guest(), claim.port(), claim.mark());
    }

    private boolean add(Claim claim) {
        synchronized (early) {
            return !ended && early.add(claim);
        }
    }

    private boolean has(XenGuest guest, VusbPortId port, AttachmentMark mark) {
        synchronized (early) {
            return early.stream()
                    .anyMatch(each -> each.isOf(guest.instance())
                            && each.port().equals(port)
                            && each.mark().equals(mark));
        }
    }

    /** Whether anything is claimed early in a life of a guest. */
    private boolean hasAny(String instance) {
        synchronized (early) {
            return early.stream().anyMatch(each -> each.isOf(instance));
        }
    }

    private List<Claim> take(Predicate<Claim> which) {
        synchronized (early) {
            List<Claim> taken = early.stream().filter(which).toList();
            early.removeAll(taken);
            return taken;
        }
    }
}
