package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.policy.Assignment;
import io.autousb.domain.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What one planning knows and collects: the world with its indexes, and the plan as it grows. */
final class PlanningRound {

    /** That a guest has a device, by an attachment that may be about to go. */
    record Holding(GuestView guest, Attachment attachment) {}

    final World world;
    final Map<String, GuestView> guestsByName = new LinkedHashMap<>();
    private final Policy.Assignments assignments;
    private final Map<Generation, UsbDevice> byGeneration = new HashMap<>();
    private final Map<DeviceAddress, UsbDevice> byAddress = new HashMap<>();
    private final Map<PortPath, UsbDevice> byPath = new HashMap<>();
    private final Map<Generation, List<Holding>> holdings = new HashMap<>();
    private final Map<Generation, PlanStep> removals = new HashMap<>();
    private final List<PlanStep> removalSteps = new ArrayList<>();
    private final List<PlanStep> attachSteps = new ArrayList<>();
    private final List<PlanStep> controllerSteps = new ArrayList<>();
    private final List<PlanStep.Attach> foreseen = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private long wakeAt = Long.MAX_VALUE;

    PlanningRound(World world) {
        this.world = world;
        this.assignments = world.policy().on(world.topology());
        for (GuestView view : world.guests()) {
            guestsByName.put(view.guest().name(), view);
        }
        world.topology().devices().forEach(this::index);
        world.topology().hubs().forEach(hub -> index(hub.device()));
    }

    private void index(UsbDevice device) {
        byGeneration.put(device.generation(), device);
        byAddress.put(device.address(), device);
        byPath.put(device.path(), device);
    }

    Optional<Assignment> assignment(UsbDevice device) {
        return device.isHub() ? Optional.empty() : assignments.of(device);
    }

    /** The device that an attachment names, as far as the host has it. */
    @Nullable
    UsbDevice deviceOf(Attachment attachment) {
        if (attachment.generation().isPresent()) {
            return byGeneration.get(attachment.generation().get());
        }
        if (attachment.address().isPresent()) {
            return byAddress.get(attachment.address().get());
        }
        return attachment.path().map(byPath::get).orElse(null);
    }

    void hold(Generation device, Holding holding) {
        holdings.computeIfAbsent(device, unused -> new ArrayList<>()).add(holding);
    }

    List<Holding> holdings(UsbDevice device) {
        return holdings.getOrDefault(device.generation(), List.of());
    }

    void remove(PlanStep.ClearStale step) {
        removalSteps.add(step);
    }

    void remove(PlanStep.Detach step) {
        removalSteps.add(step);
        removals.put(step.generation(), step);
    }

    void isBeingRemoved(UsbDevice device, PlanStep step) {
        removals.put(device.generation(), step);
    }

    @Nullable
    PlanStep removalOf(UsbDevice device) {
        return removals.get(device.generation());
    }

    void attach(PlanStep.Attach step) {
        attachSteps.add(step);
    }

    void foresee(PlanStep.Attach step) {
        foreseen.add(step);
    }

    void addController(PlanStep.AddController step) {
        if (controllerSteps.stream().noneMatch(other -> other.guest().equals(step.guest()))) {
            controllerSteps.add(step);
        }
    }

    void decide(Decision decision) {
        decisions.add(decision);
    }

    /** The failure that forbids a step now, if one does. */
    @Nullable
    Failure forbidding(FailureKey key) {
        Failure failure = world.failures().get(key);
        if (failure == null || failure.nextTry() <= world.now()) {
            return null;
        }
        wakeAt(failure.nextTry());
        return failure;
    }

    /** As {@link #forbidding(FailureKey)}, for a failure that may end when the device is ready. */
    @Nullable
    Failure forbidding(FailureKey key, UsbDevice device) {
        Failure failure = world.failures().get(key);
        return failure != null && failure.untilInitialized() && device.initialized() ? null : forbidding(key);
    }

    void wakeAt(long time) {
        wakeAt = Math.min(wakeAt, time);
    }

    /** The inspection of a guest that may be changed now. */
    static @Nullable GuestInspection changeable(GuestView view) {
        return view.guest().state().acceptsChanges() ? view.inspection().orElse(null) : null;
    }

    Plan plan() {
        List<PlanStep> steps = new ArrayList<>(removalSteps);
        steps.addAll(attachSteps);
        steps.addAll(controllerSteps);
        OptionalLong wake = wakeAt == Failure.NEVER ? OptionalLong.empty() : OptionalLong.of(wakeAt);
        return new Plan(steps, foreseen, decisions, wake);
    }
}
