package io.autousb.linux;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value whose reading may hang, read by a worker. Thread-safe. At most one worker is busy with it;
 * asking again meanwhile makes that one read again.
 *
 * @param <T> the value's type
 */
final class SlowValue<T> {

    private final Supplier<T> read;
    private final Executor workers;
    private final Runnable news;
    private @Nullable T value;
    private boolean pending;
    private boolean again;
    private boolean missed;

    /**
     * Reads nothing yet.
     *
     * @param read reads the value, for as long as it takes
     * @param workers run it
     * @param news called when a value has come that {@link #await} could not wait for
     */
    SlowValue(Supplier<T> read, Executor workers, Runnable news) {
        this.read = read;
        this.workers = workers;
        this.news = news;
    }

    /** Asks for a value that is read from now on. */
    void request() {
        synchronized (this) {
            again = pending;
            if (pending) {
                return;
            }
            pending = true;
        }
        workers.execute(this::run);
    }

    private void run() {
        while (true) {
            T fresh = read.get();
            synchronized (this) {
                value = fresh;
                if (again) {
                    again = false;
                    continue;
                }
                pending = false;
                notifyAll();
                if (!missed) {
                    return;
                }
                missed = false;
            }
            news.run();
            return;
        }
    }

    /**
     * Waits until what was asked for is there.
     *
     * @param deadline how long
     * @return whether it is; if not, the news will follow
     */
    synchronized boolean await(Deadline deadline) {
        while (pending) {
            long nanos = deadline.remainingNanos();
            if (nanos == 0 || Thread.currentThread().isInterrupted()) {
                missed = true;
                return false;
            }
            try {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return true;
    }

    /** The latest value, or null if none has come yet. */
    synchronized @Nullable T value() {
        return value;
    }
}
