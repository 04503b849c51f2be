package io.autousb.backend.libxlcli;

import io.autousb.api.CommandRunner;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.LeftoverRepair;
import io.autousb.xen.vusb.VusbState;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Guests of Xen, changed by {@code xl} alone, and seen through xenstore. What xl cannot do is done in its place: taking away
 * a device that the host has no more, and finding out what became of a change that was cut off.
 *
 * <p>Thread-safe; calls for different guests do not wait for each other. Hints come on a thread of the guests' own.
 */
final class LibxlCliHypervisor implements Hypervisor {

    /** Of an attach that was refused because of somebody's leftovers, for clearing them. */
    private static final int REPAIR_PART = 2;

    private final XenHost xen;
    private final DeviceModels models;
    private final HostReader host;
    private final LongSupplier clock;
    private final XlRuns runs;
    private final Settlement settlement;
    private final Ghosts ghosts;
    private final Attacher attacher;
    private final Detacher detacher;
    private final ControllerAdder controllers;
    private final Object lock = new Object();
    private @Nullable LeftoverRepair repair;
    private volatile boolean mayRepair;

    /**
     * Begins nothing yet.
     *
     * @param xen Xen, closed with this
     * @param models what device models are spoken to by
     * @param host looks at the host
     * @param commands runs xl
     * @param clock the time
     */
    LibxlCliHypervisor(XenHost xen, DeviceModels models, HostReader host, CommandRunner commands, LongSupplier clock) {
        this.xen = xen;
        this.models = models;
        this.host = host;
        this.clock = clock;
        this.runs = new XlRuns(commands);
        this.settlement = new Settlement(xen, models);
        this.ghosts = new Ghosts(clock);
        Predicate<Deadline> unblock = this::unblock;
        this.attacher = new Attacher(xen, host, runs, settlement, ghosts, unblock);
        this.detacher = new Detacher(xen, models, host, runs, settlement);
        this.controllers = new ControllerAdder(xen, runs, settlement);
    }

    @Override
    public void configure(List<GuestSpec> guests) {
        xen.configure(guests);
    }

    @Override
    public void subscribe(GuestListener listener) {
        xen.subscribe(listener);
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        return xen.guests(Deadline.after(timeout));
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        XenGuest facts = xen.require(guest, deadline);
        runs.awaitIdle(facts, deadline);
        settlement.settle(facts, deadline);
        VusbState state = xen.ledger().read(facts, deadline);
        return Inspector.inspect(now(guest, deadline), state, ghosts.of(facts));
    }

    /** The guest in the state that it is in by now: the core takes an inspection's word for it. */
    private Guest now(Guest guest, Deadline deadline) {
        return xen.guests(deadline).stream()
                .filter(each -> each.id().equals(guest.id()) && each.instance().equals(guest.instance()))
                .findFirst()
                .orElse(guest);
    }

    @Override
    public void addController(AddControllerRequest request) {
        controllers.add(request);
    }

    @Override
    public Attachment attach(AttachRequest request) {
        return attacher.attach(request);
    }

    @Override
    public void detach(DetachRequest request) {
        detacher.detach(request);
    }

    @Override
    public RepairResult repair(RepairRequest request) {
        mayRepair = !request.reportOnly();
        return leftovers().repair(xen.all(Deadline.after(request.timeout())), request);
    }

    private LeftoverRepair leftovers() {
        synchronized (lock) {
            if (repair == null) {
                repair = new LeftoverRepair(xen.ledger(), models, host, clock);
            }
            return repair;
        }
    }

    /** Clears what keeps xl from attaching anything, if whoever uses this wants leftovers cleared at all. */
    private boolean unblock(Deadline deadline) {
        if (!mayRepair) {
            return false;
        }
        try {
            Duration share = deadline.remaining().dividedBy(REPAIR_PART);
            RepairResult result = leftovers().repair(xen.all(deadline), new RepairRequest(Depth.QUICK, false, share));
            return !result.notices().isEmpty();
        } catch (BackendException e) {
            return false; // what was in the way is told in its place
        }
    }

    @Override
    public void close() {
        runs.close();
        xen.close();
    }
}
