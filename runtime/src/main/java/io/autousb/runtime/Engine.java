package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
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
import io.autousb.domain.port.MonotonicClock;
import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
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
     * @param hypervisors drive the guests, by name
     * @param clock the time
     * @param scheduler wakes the engine
     * @param threads where the work runs
     * @param random from 0 to below 1, for jitter
     */
    public record Dependencies(
            DeviceSource source,
            Map<String, Hypervisor> hypervisors,
            MonotonicClock clock,
            Scheduler scheduler,
            EngineThreads threads,
            DoubleSupplier random) {

        /** Copies the map. */
        public Dependencies {
            hypervisors = Map.copyOf(hypervisors);
        }
    }

    private static final Duration CLOSE_WITHIN = Duration.ofMillis(1500);

    private final Dependencies deps;
    private final Timings timings;
    private final boolean dryRun;
    private final SerialExecutor loop;
    private final ObserverFeed observers;
    private final Planner planner = new Planner();
    private final StepRunner runner;
    private final HostWatch hostWatch;
    private final Map<String, GuestList> guestLists = new LinkedHashMap<>();

    // From here on: the loop's thread only.
    private final HostView host;
    private final FailureBook failures;
    private final StepResults results;
    private final Map<GuestId, GuestTrack> tracks = new LinkedHashMap<>();
    private final Map<Generation, Decision> told = new HashMap<>();
    private final Map<String, String> backendTroubles = new HashMap<>();
    private final Map<String, Integer> backendFailures = new HashMap<>();
    private final Set<String> listed = new HashSet<>();
    private EngineConfiguration configuration = new EngineConfiguration(Policy.NONE, Map.of());
    private Scheduler.@Nullable Task wakeUp;
    private boolean roundQueued;
    private boolean readyTold;
    private boolean closed;

    /**
     * Makes an engine that does nothing yet.
     *
     * @param deps what it works with
     * @param timings deadlines and delays
     * @param dryRun whether it only plans: it looks at everything and changes nothing
     */
    public Engine(Dependencies deps, Timings timings, boolean dryRun) {
        this.deps = deps;
        this.timings = timings;
        this.dryRun = dryRun;
        loop = deps.threads().serial("engine");
        observers = new ObserverFeed(deps.threads().serial("observers"));
        runner = new StepRunner(timings.change());
        host = new HostView(timings);
        failures = new FailureBook(timings, deps.random());
        results = new StepResults(timings, host, failures, observers::tell);
        hostWatch = new HostWatch(
                deps.source(), deps.threads().serial("host"), deps.clock(), timings.snapshot(), new HostSink());
        deps.hypervisors()
                .forEach((name, hypervisor) -> guestLists.put(
                        name,
                        new GuestList(
                                name,
                                hypervisor,
                                deps.threads().serial("guests-" + name),
                                timings.list(),
                                new GuestSink())));
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
        loop.execute(() -> configuration = wanted);
        guestLists.forEach((name, list) -> list.start(specs(wanted, name)));
        hostWatch.start();
        deps.scheduler().schedule(timings.reinspect(), this::lookAgain);
    }

    /** Whatever was not heard of is seen by this in the end. */
    private void lookAgain() {
        enter(() -> {
            hostWatch.look();
            guestLists.values().forEach(GuestList::look);
            deps.scheduler().schedule(timings.reinspect(), this::lookAgain);
        });
    }

    /**
     * Takes another configuration. What is right under it is not touched; what has failed or rests is
     * tried afresh.
     *
     * @param wanted what to bring about
     */
    public void reconfigure(EngineConfiguration wanted) {
        loop.execute(() -> {
            configuration = wanted;
            failures.clear();
            host.releaseAll();
            listed.clear();
            readyTold = false;
            guestLists.forEach((name, list) -> list.reconfigure(specs(wanted, name)));
            wake();
        });
    }

    private static List<GuestSpec> specs(EngineConfiguration configuration, String hypervisor) {
        return configuration.guests().getOrDefault(hypervisor, List.of());
    }

    /**
     * Stops. Attachments stay as they are. Returns within two seconds, whatever hangs.
     */
    @Override
    public void close() {
        loop.execute(() -> {
            closed = true;
            if (wakeUp != null) {
                wakeUp.close();
            }
            tracks.values().forEach(track -> track.worker.close());
            loop.close();
        });
        hostWatch.close();
        guestLists.values().forEach(GuestList::close);
        Closing.all(CLOSE_WITHIN, deps.source(), deps.hypervisors().values());
        observers.close();
    }

    // ---- What comes in ----

    private final class HostSink implements HostWatch.Sink {
        @Override
        public void seen(HostTopology topology, long begunNanos) {
            enter(() -> {
                recovered("device-source");
                host.seen(topology, begunNanos, now(), observers::tell);
            });
        }

        @Override
        public void failed(BackendException cause) {
            enter(() -> backendFailed("device-source", cause, hostWatch::look));
        }
    }

    private final class GuestSink implements GuestList.Sink {
        @Override
        public void listed(GuestList list, List<Guest> guests) {
            enter(() -> {
                recovered(list.name());
                takeOver(list, guests);
            });
        }

        @Override
        public void failed(GuestList list, BackendException cause) {
            enter(() -> backendFailed(list.name(), cause, list::look));
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            enter(() -> {
                GuestTrack track = tracks.get(guest);
                if (track != null) {
                    track.wantInspection(now(), false);
                }
            });
        }
    }

    /** Any thread: changes the state, then plans. */
    private void enter(Runnable change) {
        loop.execute(() -> {
            if (!closed) {
                change.run();
                wake();
            }
        });
    }

    /** Plans once all that waits has been taken in: a burst of hints is one round. */
    private void wake() {
        if (!roundQueued) {
            roundQueued = true;
            loop.execute(() -> {
                roundQueued = false;
                if (!closed) {
                    round();
                }
            });
        }
    }

    private void backendFailed(String backend, BackendException cause, Runnable again) {
        if (!cause.getMessage().equals(backendTroubles.put(backend, cause.getMessage()))) {
            observers.tell(new EngineEvent.BackendFailed(backend, cause));
        }
        deps.scheduler().schedule(failures.delay(backendFailures.merge(backend, 1, Integer::sum)), again);
    }

    private void recovered(String backend) {
        backendFailures.remove(backend);
        if (backendTroubles.remove(backend) != null) {
            observers.tell(new EngineEvent.BackendRecovered(backend));
        }
    }

    // ---- Guests ----

    private void takeOver(GuestList list, List<Guest> guests) {
        Map<GuestId, Guest> present = guests.stream()
                .collect(Collectors.toMap(Guest::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        List.copyOf(tracks.values()).stream()
                .filter(track -> track.home == list && !present.containsKey(track.guest.id()))
                .forEach(this::guestGone);
        present.values().forEach(guest -> guestSeen(list, guest));
        if (listed.add(list.name())) {
            Set<String> names = guests.stream().map(Guest::name).collect(Collectors.toSet());
            specs(configuration, list.name()).stream()
                    .filter(spec -> !names.contains(spec.name()))
                    .forEach(spec -> observers.tell(new EngineEvent.GuestAbsent(spec.name())));
        }
    }

    private void guestSeen(GuestList list, Guest guest) {
        GuestTrack track = tracks.get(guest.id());
        if (track == null) {
            SerialExecutor worker = deps.threads().serial("guest-" + guest);
            tracks.put(guest.id(), new GuestTrack(list, worker, guest, now()));
            observers.tell(new EngineEvent.GuestUp(guest));
        } else if (!track.guest.instance().equals(guest.instance())) {
            failures.forget(guest.id());
            track.begin(guest, now());
            observers.tell(new EngineEvent.GuestRestarted(guest));
        } else if (!track.guest.equals(guest)) {
            track.guest = guest;
            track.inspectFailures = 0;
            track.wantInspection(now(), true);
        }
    }

    private void guestGone(GuestTrack track) {
        tracks.remove(track.guest.id());
        track.worker.close();
        failures.forget(track.guest.id());
        observers.tell(new EngineEvent.GuestGone(track.guest));
    }

    private void inspect(GuestTrack track) {
        track.inspectWanted = false;
        track.inspectFirst = false;
        Guest guest = track.guest;
        call(track, Optional.empty(), timings.inspect(), job -> {
            GuestInspection answer = track.home.hypervisor().inspect(guest, timings.inspect());
            long answered = deps.clock().nanos();
            enter(() -> {
                if (back(track, job)) {
                    answers(track);
                    inspected(track, answer, answered);
                }
            });
        });
    }

    private void inspected(GuestTrack track, GuestInspection answer, long answered) {
        if (answer.guest().instance().equals(track.guest.instance())) {
            track.guest = answer.guest();
            track.inspected(answer, answered);
            hostWatch.look();
        } else {
            track.wantInspection(now() + timings.firstBackOff().toMillis(), true);
            track.home.look();
        }
    }

    private void inspectionFailed(GuestTrack track, BackendException cause) {
        Duration delay = failures.delay(++track.inspectFailures);
        track.wantInspection(now() + delay.toMillis(), track.inspection().isEmpty());
        if (cause.is(BackendException.GUEST_GONE)) {
            track.home.look();
        } else if (!cause.getMessage().equals(track.trouble)) {
            track.trouble = cause.getMessage();
            observers.tell(new EngineEvent.GuestUnreachable(track.guest, cause));
        }
    }

    private void answers(GuestTrack track) {
        boolean wasSilent = !track.trouble.isEmpty() || track.stuck;
        track.trouble = "";
        track.stuck = false;
        if (wasSilent) {
            observers.tell(new EngineEvent.GuestAnswers(track.guest));
        }
    }

    private void matchInspection(GuestTrack track) {
        GuestTrack.Findings findings = track.match(host.begunNanos(), host::identify);
        long now = now();
        findings.removedByOthers().stream()
                .filter(generation -> host.device(generation).isPresent())
                .forEach(generation -> host.holdForGood(
                        generation,
                        "it was taken away from " + track.guest + " by another hand; plug it in anew to get it back"));
        findings.withoutEffect().forEach(key -> failures.backOff(key, now, "the last try had no effect"));
        if (!track.inspectWanted) {
            track.wantInspection(now + timings.reinspect().toMillis(), false);
        }
    }

    // ---- Steps ----

    private void begin(GuestTrack track, PlanStep step) {
        call(track, Optional.of(step), timings.change(), job -> {
            long begun = deps.clock().nanos();
            Optional<Attachment> made = runner.run(track.home.hypervisor(), step);
            Duration took = Duration.ofNanos(deps.clock().nanos() - begun);
            enter(() -> {
                if (back(track, job)) {
                    results.succeeded(track, step, made, took, now());
                }
            });
        });
    }

    private void stepFailed(GuestTrack track, PlanStep step, BackendException cause) {
        results.failed(track, step, cause, now());
        if (cause.is(BackendException.GUEST_GONE)) {
            track.home.look();
        } else if (cause.is(BackendException.DEVICE_GONE)) {
            hostWatch.look();
        }
    }

    /** What runs on the guest's thread, and enters the loop again with what came of it. */
    private interface Call {
        void run(GuestTrack.Job job);
    }

    private void call(GuestTrack track, Optional<PlanStep> step, Duration timeout, Call call) {
        GuestTrack.Job job =
                new GuestTrack.Job(step, now() + timeout.plus(timings.grace()).toMillis());
        track.job = job;
        track.worker.execute(() -> {
            try {
                call.run(job);
            } catch (RuntimeException e) {
                BackendException cause = Adapters.asBackendException(e, job.doing());
                enter(() -> {
                    if (back(track, job)) {
                        step.ifPresentOrElse(it -> stepFailed(track, it, cause), () -> inspectionFailed(track, cause));
                    }
                });
            }
        });
    }

    /** A call came back: whether its result still says something. A late one is a hint to look again. */
    private boolean back(GuestTrack track, GuestTrack.Job job) {
        track.job = null;
        if (tracks.get(track.guest.id()) != track) {
            return false;
        }
        if (job.outdated) {
            track.wantInspection(now(), true);
            answers(track);
        }
        return !job.outdated;
    }

    private void markStuck(GuestTrack track, GuestTrack.Job job) {
        job.outdated = true;
        track.stuck = true;
        job.step.ifPresent(track::unknown);
        observers.tell(new EngineEvent.GuestStuck(track.guest, job.doing()));
    }

    // ---- The round ----

    private void round() {
        HostTopology topology = host.topology();
        if (topology == null) {
            return;
        }
        long now = now();
        long wakeAt = Long.MAX_VALUE;
        for (GuestTrack track : tracks.values()) {
            matchInspection(track);
            GuestTrack.Job job = track.job;
            if (job != null && !job.outdated) {
                if (job.due <= now) {
                    markStuck(track, job);
                } else {
                    wakeAt = Math.min(wakeAt, job.due);
                }
            }
        }
        Plan plan = planner.plan(world(topology, now));
        tellDecisions(plan);
        tellReady(plan);
        wakeAt = Math.min(wakeAt, plan.wakeAt().orElse(Long.MAX_VALUE));
        Map<GuestId, PlanStep> next = new HashMap<>();
        if (!dryRun) {
            plan.steps().forEach(step -> next.putIfAbsent(step.guest().id(), step));
        }
        for (GuestTrack track : tracks.values()) {
            if (track.isIdle()) {
                wakeAt = Math.min(wakeAt, employ(track, next.get(track.guest.id()), now));
            }
        }
        wakeAt(wakeAt, now);
    }

    /** Gives an idle guest something to do, and says when it wants to be asked again. */
    private long employ(GuestTrack track, @Nullable PlanStep step, long now) {
        boolean inspectionDue = track.inspectWanted && track.inspectAt <= now && !track.awaitsSnapshot();
        if (inspectionDue && (track.inspectFirst || step == null)) {
            inspect(track);
        } else if (step != null && !track.inspectFirst && !track.awaitsSnapshot()) {
            begin(track, step);
        }
        return track.inspectWanted && !inspectionDue ? track.inspectAt : Long.MAX_VALUE;
    }

    private World world(HostTopology topology, long now) {
        return new World(
                now,
                topology,
                configuration.policy(),
                tracks.values().stream()
                        .map(track -> track.view(host.firstSeen()))
                        .toList(),
                host.holds(),
                host.heldByHostSince(),
                failures.all());
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
        if (!readyTold
                && listed.containsAll(guestLists.keySet())
                && tracks.values().stream().allMatch(GuestTrack::isSettled)) {
            readyTold = true;
            observers.tell(new EngineEvent.Ready(plan));
        }
    }

    private void wakeAt(long time, long now) {
        if (wakeUp != null) {
            wakeUp.close();
            wakeUp = null;
        }
        if (time != Long.MAX_VALUE) {
            wakeUp = deps.scheduler().schedule(Duration.ofMillis(Math.max(0, time - now)), () -> enter(() -> {}));
        }
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(deps.clock().nanos());
    }
}
