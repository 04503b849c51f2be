package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import io.autousb.xen.guest.XenAdapter;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.LeftoverRepair;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.vusb.VusbState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HVM guests of Xen through their device models' monitors, with libxl's ledger in xenstore kept true.
 *
 * <p>Thread-safe; calls for different guests do not wait for each other. Hints come on threads of this.
 */
final class XenQmpHypervisor implements Hypervisor {

    private static final Logger LOG = LoggerFactory.getLogger(XenQmpHypervisor.class);
    /** Left of a deadline for answering without those that do not. */
    private static final int SPARE_PART = 10;
    /** What takes longer to prepare is no gain. */
    private static final Duration PREPARE = Duration.ofSeconds(2);

    private final XenHost xen;
    private final Path root;
    private final LongSupplier clock;
    private final GuestHints hints = new GuestHints();
    private final DedicatedLinks dedicated;
    private final XenMonitors monitors;
    private final HostDevices host;
    private final XenEligibility eligibility;
    private final LedgerNotes notes = new LedgerNotes();
    private volatile @Nullable Parts parts;

    /** What needs xenstore. */
    private record Parts(
            XenClaims claims,
            XenAttacher attacher,
            XenDetacher detacher,
            XenControllerAdder controllers,
            Settlement settlement,
            LeftoverRepair repair) {}

    XenQmpHypervisor(Supplier<? extends Xenstore> store, Path root, LongSupplier clock, Duration greetingTimeout) {
        this.xen = new XenHost(store, root, clock, XenQmpHypervisor::serves);
        this.root = root;
        this.clock = clock;
        this.dedicated = new DedicatedLinks(root, greetingTimeout, hints);
        this.monitors = new XenMonitors(xen, root, dedicated, greetingTimeout);
        this.host = new HostDevices(root);
        this.eligibility = new XenEligibility(new HostProcesses(root));
    }

    private static boolean serves(GuestSpec spec, XenGuest guest) {
        return spec.named() || XenAdapter.of(guest) == XenAdapter.XEN_QMP;
    }

    @Override
    public void configure(List<GuestSpec> guests) {
        GuestSettings.checkXen(guests);
        xen.configure(guests);
    }

    @Override
    public void subscribe(GuestListener listener) {
        hints.listener(listener);
        xen.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                hints.guests();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {
                hints.attachments(guest);
            }
        });
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        Deadline deadline = Deadline.after(timeout.minus(timeout.dividedBy(SPARE_PART)));
        List<Guest> guests = xen.guests(deadline);
        List<String> instances = guests.stream().map(Guest::instance).toList();
        monitors.retain(instances);
        parts().claims().retain(instances);
        notes.retain(instances);
        parts().controllers().retain(instances);
        guests.stream().filter(guest -> guest.state().acceptsChanges()).forEach(guest -> follow(guest, deadline));
        return dedicated.withStates(guests, deadline);
    }

    /** Its monitor tells more of it than xenstore; where it cannot be found, whoever calls the guest hears why. */
    private void follow(Guest guest, Deadline deadline) {
        if (dedicated.isFollowed(guest.instance())) {
            return;
        }
        try {
            XenGuest unused = followed(guest, eligibility.require(xen.require(guest, deadline)), deadline);
        } catch (BackendException e) {
            LOG.debug("no monitor is looked for", e);
        }
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        XenGuest now = eligibility.require(xen.require(guest, deadline));
        XenGuest facts = followed(guest, xen.awaitReady(guest, now, deadline), deadline);
        try (XenMonitors.Session session = monitors.session(facts, deadline)) {
            GuestInspection seen = new Inspector(session.link(), deadline).inspect(guest.name());
            parts().claims().leaveToSettlement(facts);
            VusbState read = xen.ledger().read(facts, deadline);
            VusbState settled = parts().settlement().settle(facts, seen, read, deadline);
            parts().claims().shown(facts, settled);
            return LedgerView.of(seen, settled);
        }
    }

    @Override
    public void addController(AddControllerRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest facts = usable(request.guest(), deadline);
        try (XenMonitors.Session session = monitors.session(facts, deadline)) {
            parts().controllers().add(facts, session.link(), request, deadline);
        }
    }

    @Override
    public boolean prepare(Guest guest, List<AttachRequest> attaches) {
        try {
            Deadline deadline = Deadline.after(PREPARE);
            XenGuest facts = xen.requireReady(eligibility.require(xen.latest(guest, deadline)));
            return parts().attacher().prepare(facts, monitors.present(facts).orElse(null), attaches, deadline);
        } catch (BackendException e) {
            LOG.debug("nothing is prepared for {}", guest, e);
            Parts present = parts;
            if (present != null) {
                present.claims().withdraw(guest.instance());
            }
            return false;
        }
    }

    @Override
    public Attachment attach(AttachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest facts = usable(request.guest(), deadline);
        try (XenMonitors.Session session = monitors.session(facts, deadline)) {
            return parts().attacher().attach(facts, session.link(), request, deadline);
        }
    }

    @Override
    public void detach(DetachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        XenGuest facts = usable(request.guest(), deadline);
        try (XenMonitors.Session session = monitors.session(facts, deadline)) {
            parts().detacher().detach(facts, session.link(), request, deadline);
        }
    }

    /** The very instance, once it can be spoken to: never while libxl makes it, or its monitor may be libxl's probe. */
    private XenGuest usable(Guest guest, Deadline deadline) {
        XenGuest facts = eligibility.require(xen.latest(guest, deadline));
        return followed(guest, xen.requireReady(facts), deadline);
    }

    private XenGuest followed(Guest guest, XenGuest facts, Deadline deadline) {
        xen.spec(guest).ifPresent(spec -> dedicated.follow(facts, spec, deadline));
        return facts;
    }

    @Override
    public RepairResult repair(RepairRequest request) {
        List<XenGuest> all = xen.all(Deadline.after(request.timeout()));
        return parts().repair().repair(all, request);
    }

    private synchronized Parts parts() {
        Parts present = parts;
        if (present == null) {
            Rollback rollback = new Rollback(xen.ledger(), notes);
            XenClaims claims = new XenClaims(xen.ledger(), notes, rollback);
            present = new Parts(
                    claims,
                    new XenAttacher(claims, rollback, new Attacher(host)),
                    new XenDetacher(xen.ledger(), notes, rollback, host),
                    new XenControllerAdder(xen.ledger(), notes, rollback),
                    new Settlement(xen.ledger(), notes, host),
                    new LeftoverRepair(xen.ledger(), monitors, HostReader.of(root), clock));
            parts = present;
        }
        return present;
    }

    @Override
    public void close() {
        hints.end();
        try {
            Parts ending = parts;
            if (ending != null) {
                ending.claims().end();
            }
        } finally {
            monitors.close();
            xen.close();
        }
    }
}
