package io.autousb.backend.sim;

import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long one call waits: until its timeout by the lent scheduler, or until its adapter is closed. Needs
 * no interruption, and keeps one for the caller. Used by one thread, and closed by it.
 */
final class Patience implements AutoCloseable {

    /** How a wait ended. */
    enum End {
        /** What was waited for came true. */
        REACHED,
        /** The time is over. */
        TIMEOUT,
        /** The adapter was closed. */
        CLOSED
    }

    private final Scheduler scheduler;
    private final Duration timeout;
    private final BooleanSupplier closed;
    private @Nullable Alarm over;

    Patience(Scheduler scheduler, Duration timeout, BooleanSupplier closed) {
        this.scheduler = scheduler;
        this.timeout = timeout;
        this.closed = closed;
    }

    /** Waits on a monitor that the caller holds, and that whoever changes something notifies. */
    End await(Object monitor, BooleanSupplier condition) {
        Alarm deadline = over == null ? new Alarm(scheduler, timeout, monitor) : over;
        over = deadline;
        boolean interrupted = false;
        try {
            while (true) {
                if (condition.getAsBoolean()) {
                    return End.REACHED;
                }
                if (closed.getAsBoolean()) {
                    return End.CLOSED;
                }
                if (deadline.rang) {
                    return End.TIMEOUT;
                }
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets some time pass, or less if the call ends before. */
    End pause(Object monitor, Duration time) {
        Alarm done = new Alarm(scheduler, time, monitor);
        try {
            return await(monitor, () -> done.rang);
        } finally {
            done.drop.run();
        }
    }

    /** Runs something after the call has ended. */
    void later(Duration time, Runnable task) {
        scheduler.schedule(time, task);
    }

    @Override
    public void close() {
        if (over != null) {
            over.drop.run();
        }
    }

    private static final class Alarm {
        private final Runnable drop;
        private volatile boolean rang;

        Alarm(Scheduler scheduler, Duration time, Object monitor) {
            drop = scheduler.schedule(time, () -> {
                synchronized (monitor) {
                    rang = true;
                    monitor.notifyAll();
                }
            });
        }
    }
}
