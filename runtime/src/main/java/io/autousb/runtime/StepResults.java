package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.FailureKey;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.BackendException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes down what came of steps, and tells it. Used by the engine's thread only. */
final class StepResults {

    private final EngineLoop loop;
    private final Timings timings;
    private final HostView host;
    private final FailureBook failures;
    private final Consumer<EngineEvent> tell;

    StepResults(EngineLoop loop, Timings timings, HostView host, FailureBook failures, Consumer<EngineEvent> tell) {
        this.loop = loop;
        this.timings = timings;
        this.host = host;
        this.failures = failures;
        this.tell = tell;
    }

    void succeeded(GuestTrack track, PlanStep begun, Optional<Attachment> made, Duration took, long now) {
        PlanStep step = asKnownNow(begun);
        if (!(step instanceof PlanStep.AddController)) {
            failures.succeeded(step.failureKey());
        }
        if (step instanceof PlanStep.Attach attach) {
            failures.succeeded(FailureKey.controller(attach.guest()));
            Attachment attachment =
                    made.orElseThrow().withGeneration(attach.device().generation());
            track.attached(attach.device().generation(), attachment);
            host.attached(attach.device().generation(), loop.nanos());
            tell.accept(new EngineEvent.Attached(attach, attachment, took));
        } else if (step instanceof PlanStep.Detach detach) {
            track.removed(detach.attachment());
            host.hold(detach.generation(), now, timings.settle(), "it settles after it was detached");
            if (detach.cure()) {
                failures.backOff(FailureKey.cure(detach.guest(), detach.generation()), now, "it did not stay attached");
            }
            tell.accept(new EngineEvent.Detached(detach, took));
        } else if (step instanceof PlanStep.ClearStale clear) {
            track.removed(clear.attachment());
            Optional<UsbDevice> device = clear.attachment().generation().flatMap(host::lastKnown);
            tell.accept(new EngineEvent.Cleared(clear, device, took));
        } else if (step instanceof PlanStep.AddController add) {
            track.controllerAdded();
            track.wantInspection(now, true);
            // Until something is attached it may have been in vain: the next one counts as another try.
            failures.backOff(add.failureKey(), now, "a controller was made, a fitting port has yet to show");
            tell.accept(new EngineEvent.ControllerAdded(add, took));
        }
    }

    void failed(GuestTrack track, PlanStep step, BackendException cause, long now) {
        if (cause.outcomeUnknown()) {
            track.unknown(step);
            track.wantInspection(now, true);
            tell.accept(new EngineEvent.OutcomeUnknown(asKnownNow(step), cause));
            return;
        }
        if (cause.is(BackendException.PORT_BUSY)
                && step instanceof PlanStep.Attach attach
                && track.refused(attach.port())) {
            track.wantInspection(now, false);
            // With this port left out the next try is another one: it is not a repetition.
            tell.accept(new EngineEvent.StepFailed(asKnownNow(step), cause, Optional.of(Duration.ZERO)));
            return;
        }
        if (cause.is(BackendException.DUPLICATE)) {
            track.wantInspection(now, true);
        }
        countAndTell(step, cause, now);
    }

    /** An attach may begin before the device's strings are known; whoever is told of it wants its name. */
    private PlanStep asKnownNow(PlanStep step) {
        if (!(step instanceof PlanStep.Attach attach)) {
            return step;
        }
        UsbDevice device = host.device(attach.device().generation()).orElse(attach.device());
        return new PlanStep.Attach(attach.guest(), device, attach.port(), attach.reason());
    }

    private void countAndTell(PlanStep step, BackendException cause, long now) {
        FailureKey key = step.failureKey();
        String reason = cause.getMessage();
        switch (cause.retry()) {
            case NOW, BACK_OFF ->
                tell.accept(new EngineEvent.StepFailed(asKnownNow(step), cause, failures.backOff(key, now, reason)));
            case ON_CHANGE -> failures.await(key, now, awaitsHost(step), reason);
            case NEVER -> {
                failures.rest(key, reason);
                tell.accept(new EngineEvent.StepFailed(asKnownNow(step), cause, Optional.empty()));
            }
        }
    }

    private static boolean awaitsHost(PlanStep step) {
        return step instanceof PlanStep.Attach attach && !attach.device().initialized();
    }
}
