package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.plan.FailureKey;
import io.autousb.domain.plan.GuestView;
import io.autousb.domain.plan.PlanStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the engine remembers of one guest. Used by the engine's thread only. */
final class GuestTrack {

    private static final int MAX_REFUSED_PORTS = 16;

    /** A call under way. */
    static final class Job {
        final Optional<PlanStep> step;
        /** What it does, for a person. */
        final String doing;

        final long due;
        /** Its result says nothing any more: it is overdue, or the guest is another instance. */
        boolean outdated;

        Job(Optional<PlanStep> step, String doing, long due) {
            this.step = step;
            this.doing = doing;
            this.due = due;
        }
    }

    /** The hypervisor that it is asked by. */
    GuestList home;

    final SerialExecutor worker;
    Guest guest;
    /** Whether its hypervisor still lists it. */
    boolean present = true;

    @Nullable
    Job job;

    boolean stuck;
    /** An inspection is due at {@link #inspectAt}; {@link #inspectFirst} says that no step comes before. */
    boolean inspectWanted;

    boolean inspectFirst;
    long inspectAt;
    int inspectFailures;
    /** The cause why it could not be inspected, as last told; empty if it could. */
    String trouble = "";

    /** What its hypervisor was last told to prepare for. */
    private Map<Generation, GuestPort> toldToPrepare = Map.of();
    /** The devices that something may have been done for, which would have to be taken back. */
    private Set<Generation> preparedFor = Set.of();

    private long instanceSince;
    private @Nullable GuestInspection inspection;
    private @Nullable GuestInspection unmatched;
    private long unmatchedNanos;
    private final List<GuestPort> refusedPorts = new ArrayList<>();
    private final Set<Generation> unknownAttaches = new HashSet<>();
    private final Set<String> unknownRemovals = new HashSet<>();
    /** The handles of what is left over and stays: nobody has anything by them. */
    private final Set<String> leftAlone = new HashSet<>();

    private int controllersBefore = -1;
    /** Something was changed that only an inspection shows: until then nothing else is. */
    private boolean owesInspection;

    GuestTrack(GuestList home, SerialExecutor worker, Guest guest, long now) {
        this.home = home;
        this.worker = worker;
        this.guest = guest;
        begin(guest, now);
    }

    /** Another instance: nothing that was known holds. A call under way is for the old one. */
    void begin(Guest instance, long now) {
        guest = instance;
        instanceSince = now;
        inspection = null;
        unmatched = null;
        refusedPorts.clear();
        unknownAttaches.clear();
        unknownRemovals.clear();
        leftAlone.clear();
        nothingPrepared();
        controllersBefore = -1;
        owesInspection = false;
        if (job != null) {
            job.outdated = true;
        }
        wantInspection(now, true);
        inspectFailures = 0;
    }

    void wantInspection(long at, boolean first) {
        inspectAt = inspectWanted ? Math.min(inspectAt, at) : at;
        inspectWanted = true;
        inspectFirst |= first;
    }

    /**
     * When an inspection is due: later if it would take back what was prepared and is about to be used.
     *
     * @param patience how much later
     */
    long inspectionDue(Duration patience) {
        if (!inspectWanted) {
            return Long.MAX_VALUE;
        }
        return inspectFirst || preparedFor.isEmpty() ? inspectAt : inspectAt + patience.toMillis();
    }

    Optional<GuestInspection> inspection() {
        return Optional.ofNullable(inspection);
    }

    /** Whether it has been looked at, or does not let itself be looked at. */
    boolean isSettled() {
        return inspection != null || !trouble.isEmpty() || stuck;
    }

    /** An inspection came back. It counts once a snapshot of the host was begun after it. */
    void inspected(GuestInspection answer, long nanos) {
        unmatched = answer;
        unmatchedNanos = nanos;
        inspectFailures = 0;
    }

    boolean awaitsSnapshot() {
        return unmatched != null;
    }

    /**
     * What taking an inspection over brought to light.
     *
     * @param removedByOthers devices that were attached, and that nobody here has detached
     * @param withoutEffect steps of unknown outcome that turned out to have had none
     */
    record Findings(Set<Generation> removedByOthers, Set<FailureKey> withoutEffect) {
        static final Findings NONE = new Findings(Set.of(), Set.of());
    }

    /**
     * Takes an inspection over, if a snapshot begun after it is there to match it with.
     *
     * @param snapshotNanos when the present snapshot was begun
     * @param identify the stay of the device that an attachment names by address or place
     * @return what it brought to light
     */
    Findings match(long snapshotNanos, Function<Attachment, Optional<Generation>> identify) {
        GuestInspection answer = unmatched;
        if (answer == null || snapshotNanos - unmatchedNanos < 0) {
            return Findings.NONE;
        }
        unmatched = null;
        Map<String, Attachment> before = byHandle(inspection);
        List<Attachment> attachments = answer.attachments().stream()
                .map(attachment -> identified(attachment, before.get(attachment.handle()), identify))
                .toList();
        inspection = new GuestInspection(answer.guest(), answer.controllers(), attachments);
        refusedPorts.removeIf(refused -> showsTaken(answer, refused));
        Map<String, Attachment> after = byHandle(inspection);
        Set<Generation> present = generations(after.values(), attachment -> true);
        Set<Generation> removedByOthers = generations(
                before.values(),
                attachment ->
                        !after.containsKey(attachment.handle()) && !unknownRemovals.contains(attachment.handle()));
        removedByOthers.removeAll(present);
        Set<FailureKey> withoutEffect = new HashSet<>();
        unknownAttaches.stream()
                .filter(generation -> !present.contains(generation))
                .forEach(generation -> withoutEffect.add(FailureKey.attach(guest, generation)));
        after.values().stream()
                .filter(attachment -> unknownRemovals.contains(attachment.handle()))
                .forEach(attachment -> withoutEffect.add(FailureKey.detach(guest, attachment)));
        if (controllersBefore >= 0 && answer.controllers().size() <= controllersBefore) {
            withoutEffect.add(FailureKey.controller(guest));
        }
        unknownAttaches.clear();
        unknownRemovals.clear();
        leftAlone.retainAll(after.keySet());
        controllersBefore = -1;
        owesInspection = false;
        return new Findings(removedByOthers, withoutEffect);
    }

    private static boolean showsTaken(GuestInspection answer, GuestPort port) {
        return answer.controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .anyMatch(other -> other.isSamePort(port) && !other.free());
    }

    private static Attachment identified(
            Attachment attachment, @Nullable Attachment before, Function<Attachment, Optional<Generation>> identify) {
        if (attachment.generation().isPresent() || attachment.rematches()) {
            return attachment;
        }
        if (before != null
                && before.address().equals(attachment.address())
                && before.path().equals(attachment.path())) {
            return before.generation().map(attachment::withGeneration).orElse(attachment);
        }
        return identify.apply(attachment).map(attachment::withGeneration).orElse(attachment);
    }

    private static Map<String, Attachment> byHandle(@Nullable GuestInspection inspection) {
        Map<String, Attachment> byHandle = new HashMap<>();
        if (inspection != null) {
            for (Attachment attachment : inspection.attachments()) {
                byHandle.put(attachment.handle(), attachment);
            }
        }
        return byHandle;
    }

    private static Set<Generation> generations(Iterable<Attachment> attachments, Predicate<Attachment> which) {
        Set<Generation> generations = new HashSet<>();
        for (Attachment attachment : attachments) {
            if (which.test(attachment)) {
                attachment.generation().ifPresent(generations::add);
            }
        }
        return generations;
    }

    /** What was prepared for it has served its purpose. */
    void attached(Generation device, Attachment attachment) {
        Map<Generation, GuestPort> told = new HashMap<>(toldToPrepare);
        if (attachment
                .port()
                .filter(port -> told.containsKey(device) && port.isSamePort(told.get(device)))
                .isPresent()) {
            told.remove(device);
            toldToPrepare = told;
            preparedFor =
                    preparedFor.stream().filter(each -> !each.equals(device)).collect(Collectors.toUnmodifiableSet());
        }
        attached(attachment);
    }

    private void attached(Attachment attachment) {
        if (inspection != null) {
            inspection = inspection.minus(attachment).plus(attachment);
        }
    }

    void removed(Attachment attachment) {
        if (inspection != null) {
            inspection = inspection.minus(attachment);
        }
        refusedPorts.clear();
    }

    /** Has the planner see no more of an attachment whose device is not known, and says whether it did so far. */
    boolean leaveAlone(Attachment attachment) {
        return leftAlone.add(attachment.handle());
    }

    /** What counts: a device that comes to the place or address of one that was left over is not in the guest. */
    private Optional<GuestInspection> withoutLeftAlone() {
        return inspection()
                .map(it -> leftAlone.isEmpty()
                        ? it
                        : new GuestInspection(
                                it.guest(),
                                it.controllers(),
                                it.attachments().stream()
                                        .filter(each ->
                                                each.generation().isPresent() || !leftAlone.contains(each.handle()))
                                        .toList()));
    }

    /** Notes a refused port, and says whether another one may be tried at once. */
    boolean refused(GuestPort port) {
        refusedPorts.add(port);
        return refusedPorts.size() <= MAX_REFUSED_PORTS;
    }

    /** Whether nothing may be done to it before an inspection has answered. */
    boolean isInTheDark() {
        return inspection == null || owesInspection;
    }

    boolean isToldToPrepare(Collection<PlanStep.Attach> attaches) {
        return toldToPrepare.equals(ports(attaches));
    }

    /** Whether another guest could not have the device yet. */
    boolean mayHavePreparedFor(Generation device) {
        return preparedFor.contains(device);
    }

    /** Its hypervisor is being told; what it had prepared may be there until it has come back. */
    void preparing(Collection<PlanStep.Attach> attaches) {
        toldToPrepare = ports(attaches);
        Set<Generation> devices = new HashSet<>(preparedFor);
        devices.addAll(toldToPrepare.keySet());
        preparedFor = devices;
    }

    /** Its hypervisor has been told, and says whether it has prepared anything. */
    void prepared(boolean anything) {
        preparedFor = anything ? Set.copyOf(toldToPrepare.keySet()) : Set.of();
    }

    /** An inspection has taken back what was prepared. */
    void nothingPrepared() {
        toldToPrepare = Map.of();
        preparedFor = Set.of();
    }

    private static Map<Generation, GuestPort> ports(Collection<PlanStep.Attach> attaches) {
        Map<Generation, GuestPort> ports = new HashMap<>();
        attaches.forEach(attach -> ports.put(attach.device().generation(), attach.port()));
        return ports;
    }

    /** Whether a step, or the look without which there is none, is under way and may yet come back, or is about to be. */
    boolean isBeingServed() {
        if (job == null) {
            return awaitsSnapshot() || !toldToPrepare.isEmpty();
        }
        boolean isForAStep = job.step.isPresent() || isInTheDark() || !toldToPrepare.isEmpty();
        return awaitsSnapshot() || isForAStep && !job.outdated;
    }

    /** Only an inspection shows the ports. */
    void controllerAdded() {
        owesInspection = true;
    }

    /** Nobody knows whether a step took effect. */
    void unknown(PlanStep step) {
        owesInspection = true;
        if (step instanceof PlanStep.Attach attach) {
            unknownAttaches.add(attach.device().generation());
        } else if (step instanceof PlanStep.Detach detach) {
            unknownRemovals.add(detach.attachment().handle());
        } else if (step instanceof PlanStep.ClearStale clear) {
            unknownRemovals.add(clear.attachment().handle());
        } else {
            controllersBefore = inspection().map(it -> it.controllers().size()).orElse(-1);
        }
    }

    /**
     * The guest as the planner sees it.
     *
     * @param host knows which devices were there when this instance was seen first
     */
    GuestView view(HostView host) {
        Set<Generation> mayHold = new HashSet<>(unknownAttaches);
        Optional<PlanStep> inFlight = job == null || job.outdated ? Optional.empty() : job.step;
        if (job != null && job.step.orElse(null) instanceof PlanStep.Attach attach) {
            mayHold.add(attach.device().generation());
        }
        if (inspection == null) {
            Set<Generation> there = host.thereAt(instanceSince);
            if (mayHold.isEmpty()) {
                mayHold = there;
            } else {
                mayHold.addAll(there);
            }
        }
        return new GuestView(guest, withoutLeftAlone(), inFlight, mayHold, refusedPorts);
    }
}
