package io.autousb.runtime;

import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's one thread: what enters changes the state, and then one round is made for all of it. */
final class EngineLoop {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);

    private final SerialExecutor executor;
    private final LongSupplier clock;
    private final Scheduler scheduler;
    private final Runnable round;
    private @Nullable Runnable dropWakeUp;
    private boolean roundQueued;
    private boolean closed;

    EngineLoop(SerialExecutor executor, LongSupplier clock, Scheduler scheduler, Runnable round) {
        this.executor = executor;
        this.clock = clock;
        this.scheduler = scheduler;
        this.round = round;
    }

    /** Any thread: changes the state, then plans. A burst of changes is followed by one round. */
    void enter(Runnable change) {
        executor.execute(() -> {
            if (!closed) {
                runSafely(change);
                queueRound();
            }
        });
    }

    /** The loop goes on whatever happens: the next round looks at everything anew. */
    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a defect of the engine; please report it", e);
        }
    }

    private void queueRound() {
        if (!roundQueued) {
            roundQueued = true;
            executor.execute(() -> {
                roundQueued = false;
                if (!closed) {
                    runSafely(round);
                }
            });
        }
    }

    /** The loop's thread: make a round at that time, and at none that was said before. */
    void wakeAt(long time) {
        if (dropWakeUp != null) {
            dropWakeUp.run();
            dropWakeUp = null;
        }
        if (time != Long.MAX_VALUE) {
            dropWakeUp = scheduler.schedule(Duration.ofMillis(Math.max(0, time - now())), () -> enter(() -> {}));
        }
    }

    /** Any thread: later, unless what this returns is run before. */
    Runnable after(Duration delay, Runnable task) {
        return scheduler.schedule(delay, task);
    }

    /** Any thread: makes a call, and says so once if it is not back when it is due. */
    void supervise(Duration due, Runnable overdue, Runnable call) {
        Runnable drop = after(due, overdue);
        try {
            call.run();
        } finally {
            drop.run();
        }
    }

    /** The world's time in milliseconds. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(nanos());
    }

    long nanos() {
        return clock.getAsLong();
    }

    void close() {
        executor.execute(() -> {
            closed = true;
            wakeAt(Long.MAX_VALUE);
            executor.close();
        });
    }
}
