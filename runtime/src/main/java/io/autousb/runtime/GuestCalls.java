package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to guests: each on the guest's own thread, one at a time, watched for its deadline. Used by the
 * engine's thread only.
 */
final class GuestCalls {

    private static final Logger LOG = LoggerFactory.getLogger(GuestCalls.class);

    /** What runs on the guest's thread; what it returns is run on the loop's if it still says something. */
    private interface Call {
        Runnable run();
    }

    private final EngineLoop loop;
    private final Timings timings;
    private final StepRunner runner;
    private final StepResults results;
    private final FailureBook failures;
    private final Runnable lookAtHost;
    private final Consumer<GuestTrack> departed;
    private final Consumer<EngineEvent> tell;

    GuestCalls(
            EngineLoop loop,
            Timings timings,
            StepResults results,
            FailureBook failures,
            Runnable lookAtHost,
            Consumer<GuestTrack> departed,
            Consumer<EngineEvent> tell) {
        this.loop = loop;
        this.timings = timings;
        this.runner = new StepRunner(timings.change());
        this.results = results;
        this.failures = failures;
        this.lookAtHost = lookAtHost;
        this.departed = departed;
        this.tell = tell;
    }

    void inspect(GuestTrack track) {
        track.inspectWanted = false;
        track.inspectFirst = false;
        Guest guest = track.guest;
        Hypervisor hypervisor = track.home.hypervisor();
        GuestTrack.Job job = job(Optional.empty(), "looking at it", timings.inspect());
        call(track, job, cause -> inspectionFailed(track, cause), () -> {
            GuestInspection answer = Objects.requireNonNull(hypervisor.inspect(guest, timings.inspect()));
            long answered = loop.nanos();
            return () -> inspected(track, answer, answered);
        });
    }

    private void inspected(GuestTrack track, GuestInspection answer, long answered) {
        track.nothingPrepared();
        answers(track);
        if (answer.guest().instance().equals(track.guest.instance())) {
            track.guest = answer.guest();
            track.inspected(answer, answered);
            lookAtHost.run();
        } else {
            track.wantInspection(loop.now() + timings.firstBackOff().toMillis(), true);
            track.home.look();
        }
    }

    private void inspectionFailed(GuestTrack track, BackendException cause) {
        Duration backOff = failures.delay(++track.inspectFailures);
        Duration delay = cause.retry() == Retry.NEVER ? timings.reinspect() : backOff;
        track.wantInspection(loop.now() + delay.toMillis(), track.isInTheDark());
        if (cause.is(BackendException.GUEST_GONE)) {
            track.home.look();
        } else if (!cause.getMessage().equals(track.trouble)) {
            track.trouble = cause.getMessage();
            tell.accept(new EngineEvent.GuestUnreachable(track.guest, cause));
        }
    }

    /** Has the guest's hypervisor do early what it can; nothing to do takes back what was done. */
    void prepare(GuestTrack track, List<PlanStep.Attach> foreseen) {
        track.preparing(foreseen);
        Guest guest = track.guest;
        Hypervisor hypervisor = track.home.hypervisor();
        List<AttachRequest> requests = foreseen.stream().map(runner::request).toList();
        GuestTrack.Job job = job(Optional.empty(), "preparing what is to be attached", timings.change());
        call(track, job, cause -> preparationFailed(track, cause), () -> {
            boolean anything = hypervisor.prepare(guest, requests);
            return () -> track.prepared(anything);
        });
    }

    /** A fault of the adapter's, which must not fail. An inspection takes back whatever there may be. */
    private void preparationFailed(GuestTrack track, BackendException cause) {
        LOG.warn("a preparation for {} failed, which none may", track.guest, cause);
        track.wantInspection(loop.now(), true);
    }

    void begin(GuestTrack track, PlanStep step) {
        Hypervisor hypervisor = track.home.hypervisor();
        GuestTrack.Job job = job(Optional.of(step), step.toString(), timings.change());
        call(track, job, cause -> failed(track, step, cause), () -> {
            long begun = loop.nanos();
            Optional<Attachment> made = runner.run(hypervisor, step);
            Duration took = Duration.ofNanos(loop.nanos() - begun);
            return () -> results.succeeded(track, step, made, took, loop.now());
        });
    }

    private void failed(GuestTrack track, PlanStep step, BackendException cause) {
        results.failed(track, step, cause, loop.now());
        if (cause.is(BackendException.GUEST_GONE)) {
            track.home.look();
        } else if (cause.is(BackendException.DEVICE_GONE)) {
            lookAtHost.run();
        }
    }

    private GuestTrack.Job job(Optional<PlanStep> step, String doing, Duration timeout) {
        return new GuestTrack.Job(
                step, doing, loop.now() + timeout.plus(timings.grace()).toMillis());
    }

    private void call(GuestTrack track, GuestTrack.Job job, Consumer<BackendException> failed, Call call) {
        track.job = job;
        track.worker.execute(() -> {
            Runnable result;
            try {
                result = call.run();
            } catch (RuntimeException | Error e) {
                BackendException cause = Adapters.asBackendException(e, job.doing);
                result = () -> failed.accept(cause);
            }
            Runnable outcome = result;
            loop.enter(() -> back(track, job, outcome));
        });
    }

    /** A call came back. One that is overdue, or went to an earlier instance, is only a hint. */
    private void back(GuestTrack track, GuestTrack.Job job, Runnable outcome) {
        track.job = null;
        if (!track.present) {
            departed.accept(track);
        } else if (job.outdated) {
            track.wantInspection(loop.now(), true);
            answers(track);
        } else {
            outcome.run();
        }
    }

    private void answers(GuestTrack track) {
        boolean wasSilent = !track.trouble.isEmpty() || track.stuck;
        track.trouble = "";
        track.stuck = false;
        if (wasSilent) {
            tell.accept(new EngineEvent.GuestAnswers(track.guest));
        }
    }

    /** Looks whether the call under way is overdue. */
    void watch(GuestTrack track, long now) {
        GuestTrack.Job job = track.job;
        if (job == null || due(track) > now) {
            return;
        }
        job.outdated = true;
        track.stuck = true;
        job.step.ifPresent(track::unknown);
        tell.accept(new EngineEvent.GuestStuck(track.guest, job.doing));
    }

    /** When the call under way is to be looked at. */
    long due(GuestTrack track) {
        GuestTrack.Job job = track.job;
        return job == null || job.outdated ? Long.MAX_VALUE : job.due;
    }
}
