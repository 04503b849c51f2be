package io.autousb.runtime;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.Plan;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.plan.Planner;
import io.autousb.domain.plan.World;
import io.autousb.domain.policy.Policy;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps guests as the policy says.
 *
 * <p>One thread owns all state. Hints, results and timers only wake it; it then plans afresh from all it
 * knows, and gives each idle guest its next step. Snapshots of the host, lists of guests and calls to
 * each guest run on threads of their own, so that a guest that hangs delays no other.
 *
 * <p>All methods may be called from any thread.
 */
public final class Engine implements AutoCloseable {

    /**
     * What the engine works with. It closes the source and the hypervisors when it is closed, and none of
     * the others.
     *
     * @param source knows the host's devices
     * @param hypervisors drive the guests, by name; of a guest that several list, the first of them has it
     * @param clock the time
     * @param scheduler wakes the engine
     * @param threads where the work runs
     * @param random from 0 to below 1, for jitter
     */
    public record Dependencies(
            DeviceSource source,
            Map<String, Hypervisor> hypervisors,
            LongSupplier clock,
            Scheduler scheduler,
            EngineThreads threads,
            DoubleSupplier random) {

        /** Copies the map, in its order. */
        public Dependencies {
            hypervisors = Collections.unmodifiableMap(new LinkedHashMap<>(hypervisors));
        }
    }

    private static final String SOURCE = "device-source";
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(1500);

    private final Dependencies deps;
    private final Timings timings;
    private final EngineMode mode;
    private final EngineLoop loop;
    private final ObserverFeed observers;
    private final HostWatch hostWatch;
    private final GuestLists guestLists = new GuestLists();

    // From here on: the loop's thread only.
    private final Planner planner = new Planner();
    private final HostView host;
    private final FailureBook failures;
    private final GuestListings listings = new GuestListings();
    private final Guests guests;
    private final GuestCalls calls;
    private final BackendTroubles troubles;
    private final Repairs repairs;
    private final Map<Generation, Decision> told = new HashMap<>();
    private EngineConfiguration configuration = new EngineConfiguration(Policy.NONE, Map.of());
    private boolean readyTold;
    /** When hypervisors that have not listed their guests yet are not waited for any longer. */
    private long listedBy;

    /**
     * Makes an engine that does nothing yet.
     *
     * @param deps what it works with
     * @param timings deadlines and delays
     * @param mode what it may change
     */
    public Engine(Dependencies deps, Timings timings, EngineMode mode) {
        EngineThreads threads = deps.threads();
        this.deps = deps;
        this.timings = timings;
        this.mode = mode;
        loop = new EngineLoop(
                threads.serial("engine", Thread.MAX_PRIORITY), deps.clock(), deps.scheduler(), this::round);
        observers = new ObserverFeed(threads.serial("observers", Thread.NORM_PRIORITY));
        host = new HostView(timings);
        failures = new FailureBook(timings, deps.random());
        guests = new Guests(threads, failures, listings, observers::tell);
        troubles = new BackendTroubles(failures, loop, observers::tell);
        hostWatch = new HostWatch(
                deps.source(), threads.serial("host", Thread.MAX_PRIORITY), loop, timings, new HostSink());
        calls = new GuestCalls(
                loop,
                timings,
                new StepResults(loop, timings, host, failures, observers::tell),
                failures,
                hostWatch::look,
                guests::departed,
                observers::tell);
        repairs = new Repairs(loop, timings, failures, observers::tell, !mode.repairs());
        GuestSink guestSink = new GuestSink();
        deps.hypervisors().forEach((name, hypervisor) -> {
            SerialExecutor lists = threads.serial("guests-" + name, Thread.NORM_PRIORITY);
            SerialExecutor repairing = threads.serial("repair-" + name, Thread.MIN_PRIORITY);
            GuestList list = new GuestList(name, hypervisor, lists, loop, timings, guestSink);
            guestLists.add(list);
            listings.add(list);
            repairs.add(new RepairTrack(name, hypervisor, repairing));
        });
    }

    /**
     * Adds an observer. It is told everything from then on, in order, on one thread that is not the
     * engine's.
     *
     * @param observer what to tell
     */
    public void observe(Consumer<EngineEvent> observer) {
        observers.add(observer);
    }

    /**
     * Starts: watches first, then looks, then acts. Called once.
     *
     * @param wanted what to bring about
     * @throws BackendException if a backend cannot watch
     */
    public void start(EngineConfiguration wanted) {
        loop.enter(() -> {
            configuration = wanted;
            listedBy = loop.now() + timings.list().plus(timings.grace()).toMillis();
            repairs.want(Depth.THOROUGH);
        });
        guestLists
                .start(wanted)
                .forEach((list, cause) -> loop.enter(() -> {
                    observers.tell(new EngineEvent.BackendFailed(list.name(), cause));
                    listings.leaveOut(list);
                }));
        hostWatch.start();
        loop.after(timings.reinspect(), this::lookAgain);
    }

    /** Whatever was not heard of is seen by this in the end. */
    private void lookAgain() {
        loop.enter(() -> {
            hostWatch.look();
            guestLists.look();
            loop.after(timings.reinspect(), this::lookAgain);
        });
    }

    /**
     * Takes another configuration. What is right under it is not touched; what has failed or rests is
     * tried afresh.
     *
     * @param wanted what to bring about
     */
    public void reconfigure(EngineConfiguration wanted) {
        loop.enter(() -> {
            configuration = wanted;
            failures.clear();
            host.releaseAll();
            guests.expectAnew();
            readyTold = false;
            guestLists.reconfigure(wanted);
        });
    }

    /** Stops. Attachments stay as they are. Returns within two seconds, whatever hangs. */
    @Override
    public void close() {
        loop.enter(() -> {
            guests.close();
            repairs.close();
        });
        loop.close();
        hostWatch.close();
        guestLists.close();
        Closing.all(CLOSE_WITHIN, deps.source(), deps.hypervisors().values());
        observers.close();
    }

    private final class HostSink implements HostWatch.Sink {
        @Override
        public void seen(HostTopology topology, long begunNanos) {
            loop.enter(() -> {
                troubles.recovered(SOURCE);
                host.seen(topology, begunNanos, loop.now(), this::tell);
            });
        }

        private void tell(EngineEvent event) {
            if (event instanceof EngineEvent.DeviceGone gone) {
                failures.forget(gone.device().generation());
                repairs.want(Depth.QUICK);
                repairs.disturbed();
            } else if (event instanceof EngineEvent.DeviceSeen) {
                repairs.disturbed();
            }
            observers.tell(event);
        }

        @Override
        public void failed(BackendException cause) {
            loop.enter(() -> troubles.failed(SOURCE, cause, hostWatch::look));
        }
    }

    private final class GuestSink implements GuestList.Sink {
        @Override
        public void listed(GuestList list, List<Guest> present, List<GuestSpec> specs) {
            loop.enter(() -> {
                troubles.recovered(list.name());
                guests.listed(list, present, guestLists.expected(configuration, list, specs), loop.now());
            });
        }

        @Override
        public void failed(GuestList list, BackendException cause) {
            loop.enter(() -> {
                listings.failed(list);
                troubles.failed(list.name(), cause, list::look);
            });
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            loop.enter(() -> {
                GuestTrack track = guests.of(guest);
                if (track != null) {
                    track.wantInspection(loop.now(), false);
                }
            });
        }
    }

    /** Observers wait until there is nothing left to do: what they do with events would delay it. */
    private void round() {
        try {
            act();
        } finally {
            observers.deliver();
        }
    }

    /** Looks at all that is known, plans, and gives each idle guest its next step. */
    private void act() {
        HostTopology topology = host.topology();
        if (topology == null) {
            return;
        }
        long now = loop.now();
        for (GuestTrack track : guests.all()) {
            matchInspection(track, topology, now);
            calls.watch(track, now);
        }
        Plan plan = withoutLeftAlone(planner.plan(world(topology, now)));
        long wakeAt = plan.wakeAt().orElse(Long.MAX_VALUE);
        Map<GuestId, PlanStep> next = new HashMap<>();
        boolean allKnown = listings.allAnswered();
        plan.steps().stream()
                .filter(step -> mode.changes() && (allKnown || !mayBeHeldUnseen(step)))
                .filter(step -> !(step instanceof PlanStep.Attach attach && isPreparedElsewhere(attach)))
                .forEach(step -> next.putIfAbsent(step.guest().id(), step));
        Map<GuestId, List<PlanStep.Attach>> foreseen = foreseen(plan, now);
        for (GuestTrack track : guests.all()) {
            if (track.job == null) {
                GuestId id = track.guest.id();
                wakeAt = Math.min(wakeAt, employ(track, next.get(id), foreseen.getOrDefault(id, List.of()), now));
            }
            wakeAt = Math.min(wakeAt, calls.due(track));
        }
        for (List<PlanStep.Attach> each : foreseen.values()) {
            wakeAt = each.stream().mapToLong(this::arrivesUntil).reduce(wakeAt, Math::min);
        }
        loop.wakeAt(Math.min(wakeAt, repair(now)));
        tellDecisions(plan);
        tellReady(plan);
    }

    /** Of devices that the host may be configuring at this very moment: what it leaves as it is comes to nothing. */
    private Map<GuestId, List<PlanStep.Attach>> foreseen(Plan plan, long now) {
        if (!mode.changes()) {
            return Map.of();
        }
        return plan.foreseen().stream()
                .filter(attach -> arrivesUntil(attach) > now && !isPreparedElsewhere(attach))
                .collect(Collectors.groupingBy(attach -> attach.guest().id()));
    }

    /** Whether another guest was to have the device, and what was done for that has yet to be taken back. */
    private boolean isPreparedElsewhere(PlanStep.Attach attach) {
        Generation device = attach.device().generation();
        return guests.all().stream()
                .anyMatch(track -> track.mayHavePreparedFor(device)
                        && !track.guest.id().equals(attach.guest().id()));
    }

    private long arrivesUntil(PlanStep.Attach attach) {
        return host.arrivesUntil(attach.device().generation());
    }

    /** A device that was there before us may be held by a guest that its hypervisor has yet to name. */
    private boolean mayBeHeldUnseen(PlanStep step) {
        return step instanceof PlanStep.Attach attach
                && host.wasThereAtStart(attach.device().generation());
    }

    private Plan withoutLeftAlone(Plan plan) {
        if (mode.plansRepairs()) {
            return plan;
        }
        List<PlanStep> steps =
                plan.steps().stream().filter(step -> !leaveAlone(step)).toList();
        return new Plan(steps, plan.foreseen(), plan.decisions(), plan.wakeAt());
    }

    /** Leaves it, and says so once, if others have attached it to a device that was gone before it was seen here. */
    private boolean leaveAlone(PlanStep step) {
        if (!(step instanceof PlanStep.ClearStale clear)
                || clear.attachment().ours()
                || clear.attachment().generation().isPresent()) {
            return false;
        }
        GuestTrack track = guests.of(step.guest().id());
        if (track != null && track.leaveAlone(clear.attachment())) {
            String what = clear.attachment() + ", attached by another hand to a device that was gone before";
            observers.tell(new EngineEvent.LeftoverFound(
                    track.home.name(), RepairNotice.of("guest " + track.guest, what, RepairNotice.Outcome.REPORTED)));
        }
        return true;
    }

    private void matchInspection(GuestTrack track, HostTopology topology, long now) {
        GuestTrack.Findings findings = track.match(host.begunNanos(), host::identify);
        findings.removedByOthers().forEach(generation -> removedByOthers(track, generation, topology));
        findings.withoutEffect().forEach(key -> failures.backOff(key, now, "the last try had no effect"));
        if (!track.inspectWanted) {
            track.wantInspection(now + timings.reinspect().toMillis(), false);
        }
    }

    /** To take a device away from where it belongs is a wish; from elsewhere it only makes way. */
    private void removedByOthers(GuestTrack track, Generation generation, HostTopology topology) {
        host.device(generation)
                .flatMap(configuration.policy().on(topology)::of)
                .filter(assignment -> assignment.guest().equals(track.guest.name()))
                .ifPresent(assignment -> host.holdForGood(
                        generation,
                        "it was taken away from " + track.guest + " by another hand; plug it in anew to get it back"));
    }

    private World world(HostTopology topology, long now) {
        return new World(
                now,
                topology,
                configuration.policy(),
                guests.all().stream().map(track -> track.view(host)).toList(),
                host.holds(),
                host.heldByHostSince(),
                failures.all());
    }

    /** Gives an idle guest something to do, and says when it wants to be asked again. */
    private long employ(GuestTrack track, @Nullable PlanStep step, List<PlanStep.Attach> foreseen, long now) {
        if (track.awaitsSnapshot()) {
            return Long.MAX_VALUE;
        }
        long due = track.inspectionDue(timings.arrival());
        if (track.inspectFirst && due <= now) {
            calls.inspect(track);
        } else if (step != null && !track.inspectFirst) {
            calls.begin(track, step);
        } else if (!track.isToldToPrepare(foreseen) && (foreseen.isEmpty() || !track.inspectFirst)) {
            calls.prepare(track, foreseen);
        } else if (due <= now) {
            calls.inspect(track);
        }
        return due > now ? due : Long.MAX_VALUE;
    }

    /** What is left over can wait; what is being done for guests, or is about to be, cannot. */
    private long repair(long now) {
        boolean known = listings.allHeard() || now >= listedBy;
        boolean idle = guests.all().stream().noneMatch(GuestTrack::isBeingServed);
        return Math.min(repairs.next(known && idle, now), known ? Long.MAX_VALUE : listedBy);
    }

    private void tellDecisions(Plan plan) {
        Set<Generation> present = new HashSet<>();
        for (Decision decision : plan.decisions()) {
            Generation generation = decision.device().generation();
            present.add(generation);
            Decision before = told.put(generation, decision);
            if (before == null
                    || before.status() != decision.status()
                    || !before.reason().equals(decision.reason())) {
                observers.tell(new EngineEvent.Decided(decision));
            }
        }
        told.keySet().retainAll(present);
    }

    private void tellReady(Plan plan) {
        if (!readyTold && listings.allHeard() && guests.all().stream().allMatch(GuestTrack::isSettled)) {
            readyTold = true;
            observers.tell(new EngineEvent.Ready(plan));
        }
    }
}
