package io.autousb.xen.repair;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.Leftover.Cure;
import io.autousb.xen.repair.RepairReport.Outcome;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at guests and cures what is left over. Bounded: each guest has its share of the time, each leftover one try a
 * run. Repeatable: a run after a run finds nothing more to do. A cure that fails leaves xenstore as it was, for the next
 * run.
 *
 * <p>May run while guests are being changed, by this program or others: what looks like work under way is left alone
 * until it has stayed for a while, and every cure looks in its transaction whether the place is still as it was seen.
 * Thread-safe; runs wait for each other.
 */
public final class LeftoverRepair {

    /**
     * How long something that may be libxl's work under way is left alone. libxl's commands to a device model end after
     * 10 s, waiting for their turn included ({@code LIBXL_QMP_CMD_TIMEOUT}).
     */
    public static final Duration SETTLE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverRepair.class);

    private final VusbLedger ledger;
    private final DeviceModels models;
    private final HostReader host;
    private final FirstSeen firstSeen;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Begins nothing yet.
     *
     * @param ledger xenstore's side
     * @param models the device models' side
     * @param host the host's side
     * @param clock the time
     */
    public LeftoverRepair(VusbLedger ledger, DeviceModels models, HostReader host, LongSupplier clock) {
        this.ledger = ledger;
        this.models = models;
        this.host = host;
        this.firstSeen = new FirstSeen(clock);
    }

    /**
     * Looks at guests, one after the other: what a hypervisor's {@link io.autousb.domain.port.Hypervisor#repair} does.
     *
     * @param guests any guests of this host, such as {@link io.autousb.xen.guest.XenGuests#all}
     * @param request how thoroughly, whether to change anything, and by when all has ended. {@link Depth#QUICK} looks at
     *     xenstore and the host, and speaks to device models only where something is to be cured; {@link
     *     Depth#THOROUGH} asks all that may have something
     * @return what was found and done. Nothing of guests that are gone by now, nor what only a device model could tell
     *     that does not answer
     * @throws BackendException if the host or xenstore as a whole does not answer; {@code BUSY} if another run took all
     *     the time
     */
    public RepairResult repair(List<XenGuest> guests, RepairRequest request) {
        List<RepairReport> reports = run(guests, request);
        boolean again = reports.stream().anyMatch(each -> each.outcome() == Outcome.WAITING);
        return new RepairResult(
                reports.stream().map(RepairReport::notice).toList(), again ? Optional.of(SETTLE) : Optional.empty());
    }

    List<RepairReport> run(List<XenGuest> guests, RepairRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        begin(deadline);
        try {
            List<RepairReport> reports = new ArrayList<>();
            int left = guests.size();
            for (XenGuest guest : guests) {
                Deadline share = Deadline.after(deadline.remaining().dividedBy(left));
                reports.addAll(run(guest, request, share));
                left--;
            }
            return reports;
        } finally {
            lock.unlock();
        }
    }

    private void begin(Deadline deadline) {
        boolean locked = false;
        try {
            locked = lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!locked) {
            throw BackendException.of(BackendException.BUSY, "leftovers are being repaired already")
                    .build();
        }
    }

    private List<RepairReport> run(XenGuest guest, RepairRequest request, Deadline deadline) {
        try {
            VusbState state = ledger.read(guest, deadline);
            List<Leftover> found = hasNothing(state)
                    ? List.of()
                    : Leftovers.find(new GuestUsb(guest, state, Optional.empty()), host.read());
            List<Leftover> plain =
                    found.stream().filter(each -> !each.emulated()).toList();
            List<RepairReport> reports = new ArrayList<>(cure(plain, request, new NoSession(), deadline));
            if (guest.type() == XenGuest.Type.HVM) {
                List<Leftover> emulated =
                        found.stream().filter(Leftover::emulated).toList();
                reports.addAll(runEmulated(guest, state, emulated, request, deadline));
            } else {
                firstSeen.retain(guest, found);
            }
            return reports;
        } catch (BackendException e) {
            if (e.is(BackendException.GUEST_GONE)) {
                return List.of();
            }
            throw e;
        }
    }

    private List<RepairReport> runEmulated(
            XenGuest guest, VusbState state, List<Leftover> found, RepairRequest request, Deadline deadline) {
        boolean ask =
                request.depth() == Depth.THOROUGH ? isWorthAsking(state) : !found.isEmpty() && !request.reportOnly();
        if (!ask) {
            return found.stream().map(RepairReport::notCured).toList();
        }
        // While it starts there is nothing yet, and when it has ended, the domain is about to follow.
        return guest.deviceModel().isRunning() ? askAndCure(guest, found, request, deadline) : List.of();
    }

    private static boolean hasNothing(VusbState state) {
        return state.marks().isEmpty() && state.controllers().stream().allMatch(VusbController::isIdle);
    }

    private static boolean isWorthAsking(VusbState state) {
        return !state.marks().isEmpty()
                || state.controllers().stream().map(VusbController::type).anyMatch(VusbType.DEVICEMODEL::equals);
    }

    /** Looks again at all sides once there is a session: getting one may have taken its time. */
    private List<RepairReport> askAndCure(
            XenGuest guest, List<Leftover> found, RepairRequest request, Deadline deadline) {
        try (DeviceModels.Session session = open(guest, deadline)) {
            List<UsbObject> objects;
            try {
                objects = session.objects(deadline);
            } catch (BackendException e) {
                LOG.debug("the device model of {} does not tell what it has", guest, e);
                return found.stream()
                        .map(each -> request.reportOnly() ? RepairReport.notCured(each) : RepairReport.failed(each, e))
                        .toList();
            }
            GuestUsb seen = new GuestUsb(guest, ledger.read(guest, deadline), Optional.of(objects));
            List<Leftover> all = Leftovers.find(seen, host.read());
            firstSeen.retain(guest, all);
            return cure(all.stream().filter(Leftover::emulated).toList(), request, session, deadline);
        }
    }

    private DeviceModels.Session open(XenGuest guest, Deadline deadline) {
        try {
            return models.open(guest, deadline);
        } catch (BackendException e) {
            return e.is(BackendException.GUEST_GONE) ? new NoSession() : new NoSession(e);
        }
    }

    private List<RepairReport> cure(
            List<Leftover> found, RepairRequest request, DeviceModels.Session session, Deadline deadline) {
        List<RepairReport> reports = new ArrayList<>();
        for (Leftover leftover : found) {
            Duration age = firstSeen.age(leftover);
            if (leftover.kind().isTransitional() && age.compareTo(SETTLE) < 0) {
                reports.add(RepairReport.waiting(leftover));
            } else if (request.reportOnly()) {
                reports.add(RepairReport.notCured(leftover));
            } else {
                reports.add(cure(leftover, session, deadline));
            }
        }
        return reports;
    }

    private RepairReport cure(Leftover leftover, DeviceModels.Session session, Deadline deadline) {
        try {
            for (Cure cure : leftover.cures()) {
                apply(leftover.guest(), cure, session, deadline);
            }
            return RepairReport.cured(leftover);
        } catch (BackendException e) {
            if (e.is(BackendException.GUEST_GONE) || e.is(BackendException.CLOSED)) {
                throw e;
            }
            return RepairReport.failed(leftover, e);
        }
    }

    /** Where the ledger says that something is another one by now, it is not left over any more. */
    private void apply(XenGuest guest, Cure cure, DeviceModels.Session session, Deadline deadline) {
        if (cure instanceof Cure.DeleteObject object) {
            session.delete(object.id(), deadline);
        } else if (cure instanceof Cure.ClearPort port) {
            ledger.clearLeftover(guest, port.port(), port.device(), port.mark(), deadline);
        } else if (cure instanceof Cure.Forget mark) {
            ledger.forget(guest, mark.port(), mark.mark(), deadline);
        } else if (cure instanceof Cure.RemoveController ghost) {
            ledger.removeController(guest, ghost.controller(), deadline);
        }
    }

    /** A device model that has ended, and so has nothing; or one that cannot be spoken to. */
    private record NoSession(Optional<BackendException> reason) implements DeviceModels.Session {
        private NoSession() {
            this(Optional.empty());
        }

        private NoSession(BackendException reason) {
            this(Optional.of(reason));
        }

        @Override
        public List<UsbObject> objects(Deadline deadline) {
            reason.ifPresent(why -> {
                throw why;
            });
            return List.of();
        }

        @Override
        public void delete(String id, Deadline deadline) {
            // There is nothing to delete.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
