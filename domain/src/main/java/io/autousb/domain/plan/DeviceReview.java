package io.autousb.domain.plan;

import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.plan.PlanningRound.Holding;
import io.autousb.domain.policy.Assignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at each device: who should have it, who has it, and what the next step is. */
final class DeviceReview {

    private record Verdict(Status status, String reason) {}

    private record Unconfigured(UsbDevice device, Assignment assignment) {}

    private final PlanningRound round;
    private final Map<String, FreePorts> freePorts = new HashMap<>();
    /** What somebody is to have once the host has configured it. */
    private final List<Unconfigured> unconfigured = new ArrayList<>();
    /** Guests that may have something that no inspection shows: mostly none. */
    private final List<GuestView> inTheDark;

    DeviceReview(PlanningRound round) {
        this.round = round;
        inTheDark = round.world.guests().stream()
                .filter(view -> !view.mayHold().isEmpty())
                .toList();
    }

    void run() {
        for (UsbDevice device : round.world.topology().devices()) {
            Optional<Assignment> assignment = round.assignment(device);
            Verdict verdict = assignment
                    .map(it -> judge(device, it))
                    .orElseGet(() -> new Verdict(Status.UNASSIGNED, "no guest is to have it"));
            round.decide(new Decision(device, assignment, verdict.status(), verdict.reason()));
        }
        unconfigured.forEach(each -> foresee(each.device(), each.assignment()));
    }

    /** With the ports that are left: what is foreseen is in nobody's way. */
    private void foresee(UsbDevice device, Assignment assignment) {
        GuestView view = round.guestsByName.get(assignment.guest());
        GuestInspection inspection = view == null ? null : PlanningRound.changeable(view);
        if (view == null || inspection == null || byTime(device, view) != null) {
            return;
        }
        GuestPort port = freePorts(view, inspection).take(device.speed());
        if (port != null) {
            round.foresee(new PlanStep.Attach(view.guest(), device, port, assignment.reason()));
        }
    }

    private FreePorts freePorts(GuestView view, GuestInspection inspection) {
        return freePorts.computeIfAbsent(view.guest().name(), unused -> new FreePorts(inspection, view.refusedPorts()));
    }

    private Verdict judge(UsbDevice device, Assignment assignment) {
        if (!device.authorized()) {
            return new Verdict(Status.NOT_READY, "the host has not authorized it");
        }
        GuestView view = round.guestsByName.get(assignment.guest());
        Verdict verdict = byPossession(device, assignment, view);
        if (verdict != null) {
            return verdict;
        }
        if (!device.isReady()) {
            unconfigured.add(new Unconfigured(device, assignment));
            return new Verdict(Status.NOT_READY, "the host has not configured it");
        }
        if (view == null) {
            return waiting("guest " + assignment.guest() + " is not running");
        }
        GuestInspection inspection = PlanningRound.changeable(view);
        if (inspection == null) {
            return waiting(
                    view.guest().state().acceptsChanges()
                            ? "guest " + view.guest() + " has not answered yet"
                            : "guest " + view.guest() + " is " + view.guest().state());
        }
        verdict = byTime(device, view);
        return verdict != null ? verdict : attach(device, assignment, view, inspection);
    }

    /** What follows from who has the device, or may have it. */
    private @Nullable Verdict byPossession(UsbDevice device, Assignment assignment, @Nullable GuestView target) {
        for (Holding holding : round.holdings(device)) {
            if (holding.guest().isOf(target)) {
                PlanStep removal = round.removalOf(device);
                return removal == null
                        ? new Verdict(
                                Status.ATTACHED,
                                assignment.reason() + (holding.attachment().ours() ? "" : ", attached by another hand"))
                        : new Verdict(Status.IN_PROGRESS, removal.reason());
            }
        }
        for (Holding holding : round.holdings(device)) {
            String holder = "guest " + holding.guest().guest();
            return holding.attachment().ours()
                    ? waiting(holder + " still has it")
                    : new Verdict(Status.BLOCKED, holder + " has it by another hand: detach it there first");
        }
        for (GuestView other : inTheDark) {
            boolean saysLater = other.isOf(target) && other.inspection().isEmpty();
            if (!saysLater && other.mayHold().contains(device.generation())) {
                return other.isOf(target) && isBeingAttached(other, device)
                        ? new Verdict(Status.IN_PROGRESS, assignment.reason())
                        : waiting("guest " + other.guest() + " may have it, which is being found out");
            }
        }
        return null;
    }

    private static boolean isBeingAttached(GuestView view, UsbDevice device) {
        return view.inFlight()
                .filter(step -> step instanceof PlanStep.Attach attach
                        && attach.device().generation().equals(device.generation()))
                .isPresent();
    }

    private @Nullable Verdict byTime(UsbDevice device, GuestView view) {
        Hold hold = round.world.holds().get(device.generation());
        if (hold != null && hold.until() > round.world.now()) {
            round.wakeAt(hold.until());
            return until(hold.until(), hold.reason());
        }
        return byFailure(round.forbidding(FailureKey.attach(view.guest(), device.generation()), device));
    }

    private static @Nullable Verdict byFailure(@Nullable Failure failure) {
        if (failure == null) {
            return null;
        }
        return until(failure.nextTry(), failure.reason());
    }

    private static Verdict until(long time, String reason) {
        return new Verdict(time == Failure.NEVER ? Status.BLOCKED : Status.WAITING, reason);
    }

    private Verdict attach(UsbDevice device, Assignment assignment, GuestView view, GuestInspection inspection) {
        FreePorts free = freePorts(view, inspection);
        GuestPort port = free.take(device.speed());
        if (port != null) {
            round.attach(new PlanStep.Attach(view.guest(), device, port, assignment.reason()));
            return new Verdict(Status.IN_PROGRESS, assignment.reason());
        }
        int version =
                round.world.policy().wish(assignment.guest()).orElseThrow().usbVersion();
        if (!FreePorts.controllerTakes(version, device.speed())) {
            return new Verdict(
                    Status.BLOCKED,
                    "guest " + view.guest() + ": " + free.lack(device.speed()) + ", and a USB " + version
                            + " controller would not take " + device.speed()
                            + " Mb/s either: allow --usb-version 3");
        }
        PlanStep.AddController step = new PlanStep.AddController(view.guest(), version, free.lack(device.speed()));
        Verdict verdict = byFailure(round.forbidding(step.failureKey()));
        if (verdict == null) {
            round.addController(step);
            verdict = new Verdict(Status.IN_PROGRESS, "a controller is made for it first");
        }
        return verdict;
    }

    private static Verdict waiting(String reason) {
        return new Verdict(Status.WAITING, reason);
    }
}
