package io.autousb.runtime;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has hypervisors look for what is left over: at the start and whenever a device has gone, while nothing is
 * being done for guests. One hypervisor at a time, because several may see the same guests; each on a thread
 * of its own, because it may not come back. Used by the engine's thread only.
 */
final class Repairs {

    private final EngineLoop loop;
    private final Timings timings;
    private final FailureBook failures;
    private final Consumer<EngineEvent> tell;
    private final boolean reportOnly;
    private final List<RepairTrack> tracks = new ArrayList<>();
    private @Nullable RepairTrack running;
    /** When the run under way should have come back. */
    private long overdueAt;

    Repairs(EngineLoop loop, Timings timings, FailureBook failures, Consumer<EngineEvent> tell, boolean reportOnly) {
        this.loop = loop;
        this.timings = timings;
        this.failures = failures;
        this.tell = tell;
        this.reportOnly = reportOnly;
    }

    void add(RepairTrack track) {
        tracks.add(track);
    }

    /** A look is due soon: one, however often this is said before it begins. */
    void want(Depth depth) {
        long at = loop.now() + timings.repairDelay().toMillis();
        tracks.forEach(track -> track.want(depth, at));
    }

    /** A device has come or gone: the next one may follow at once, and must not meet with a look. */
    void disturbed() {
        long at = loop.now() + timings.repairDelay().toMillis();
        tracks.forEach(track -> track.postpone(at, timings.repairPatience().toMillis()));
    }

    /**
     * Begins what is due, unless something is being done for guests.
     *
     * @param idle whether nothing is
     * @return when to ask again, if nothing else happens before
     */
    long next(boolean idle, long now) {
        if (running != null && overdueAt <= now) {
            overdue(running);
        }
        if (running != null) {
            return overdueAt;
        }
        long wakeAt = Long.MAX_VALUE;
        for (RepairTrack track : tracks) {
            if (track.stuck || track.dueAt() > now) {
                wakeAt = Math.min(wakeAt, track.stuck ? Long.MAX_VALUE : track.dueAt());
            } else if (idle) {
                begin(track, now);
                return overdueAt;
            }
        }
        return wakeAt;
    }

    private void begin(RepairTrack track, long now) {
        RepairRequest request = new RepairRequest(track.begin(), reportOnly, timings.repair());
        running = track;
        overdueAt = now + timings.repair().plus(timings.grace()).toMillis();
        track.worker.execute(() -> {
            Runnable outcome;
            try {
                RepairResult result = track.hypervisor.repair(request);
                List<RepairNotice> notices = result.notices();
                Optional<Duration> again = result.again();
                outcome = () -> succeeded(track, request.depth(), notices, again);
            } catch (RuntimeException | LinkageError e) {
                BackendException cause = Adapters.asBackendException(e, doing(track));
                outcome = () -> failed(track, request.depth(), cause);
            }
            Runnable told = outcome;
            loop.enter(() -> back(track, told));
        });
    }

    private void back(RepairTrack track, Runnable outcome) {
        if (track.equals(running)) {
            running = null;
        }
        track.stuck = false;
        outcome.run();
    }

    private void succeeded(RepairTrack track, Depth depth, List<RepairNotice> notices, Optional<Duration> again) {
        track.recovered();
        track.news(depth, notices).forEach(notice -> tell.accept(new EngineEvent.LeftoverFound(track.name, notice)));
        again.ifPresent(delay -> track.want(depth, loop.now() + delay.toMillis()));
    }

    private void failed(RepairTrack track, Depth depth, BackendException cause) {
        int count = track.failed();
        boolean rests = count >= timings.maxFailures() || cause.retry() == BackendException.Retry.NEVER;
        Optional<Duration> retryIn = rests ? Optional.empty() : Optional.of(failures.delay(count));
        retryIn.ifPresent(delay -> track.want(depth, loop.now() + delay.toMillis()));
        if (track.isNews(cause)) {
            tell.accept(new EngineEvent.RepairFailed(track.name, cause, retryIn));
        }
    }

    /** The others need not wait for one that may never come back; nothing more is asked of it before it does. */
    private void overdue(RepairTrack track) {
        running = null;
        track.stuck = true;
        BackendException cause = Adapters.overdue(doing(track));
        if (track.isNews(cause)) {
            tell.accept(new EngineEvent.RepairFailed(track.name, cause, Optional.empty()));
        }
    }

    private static String doing(RepairTrack track) {
        return "looking for what is left over, by " + track.name + ",";
    }

    void close() {
        tracks.forEach(track -> track.worker.close());
    }
}
