package io.autousb.linux;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value whose reading may hang, read by a worker. Thread-safe. At most one worker is busy with it;
 * asking again meanwhile makes that one read again.
 *
 * @param <T> the value's type
 */
final class SlowValue<T> {

    /** Reads a value. */
    @FunctionalInterface
    interface Reading<T> {
        T read() throws IOException;
    }

    /** What waiting came to. */
    enum Answer {
        /** What was asked for is there. */
        THERE,
        /** It cannot be read. That there is trouble has been told. */
        FAILED,
        /** It has not come yet; the news will follow. */
        LATE,
        /** There was haste: wait again. If nobody does, the news will follow all the same. */
        PUT_OFF
    }

    private final Haste haste;
    private final Reading<T> reading;
    private final Executor workers;
    private final Runnable news;
    private final Consumer<IOException> trouble;
    private @Nullable T value;
    private boolean asked;
    private boolean pending;
    private boolean again;
    private boolean missed;
    private boolean failed;

    /**
     * Reads nothing yet.
     *
     * @param haste puts off who waits
     * @param reading reads the value, for as long as it takes
     * @param workers run it
     * @param news called when a value has come that {@link #await} could not wait for
     * @param trouble gets why reading failed
     */
    SlowValue(Haste haste, Reading<T> reading, Executor workers, Runnable news, Consumer<IOException> trouble) {
        this.haste = haste;
        this.reading = reading;
        this.workers = workers;
        this.news = news;
        this.trouble = trouble;
    }

    /** Asks for a value that is read from now on. */
    void request() {
        synchronized (haste) {
            asked = true;
            again = pending;
            if (pending) {
                return;
            }
            pending = true;
        }
        workers.execute(this::run);
    }

    /** Asks for the value unless it was asked for before. */
    void requestOnce() {
        boolean wanted;
        synchronized (haste) {
            wanted = !asked;
        }
        if (wanted) {
            request();
        }
    }

    /** Asks anew if the last reading failed. */
    void requestIfFailed() {
        boolean wanted;
        synchronized (haste) {
            wanted = failed && !pending;
        }
        if (wanted) {
            request();
        }
    }

    private void run() {
        while (true) {
            T fresh;
            try {
                fresh = reading.read();
            } catch (IOException e) {
                fail();
                trouble.accept(e);
                return;
            }
            synchronized (haste) {
                value = fresh;
                failed = false;
                if (again) {
                    again = false;
                    continue;
                }
                pending = false;
                haste.notifyAll();
                if (!missed) {
                    return;
                }
                missed = false;
            }
            news.run();
            return;
        }
    }

    /** Keeps the value there was; another one will be news. */
    private void fail() {
        synchronized (haste) {
            failed = true;
            again = false;
            pending = false;
            missed = true;
            haste.notifyAll();
        }
    }

    /**
     * Waits until what was asked for is there, or cannot be read.
     *
     * @param deadline how long
     * @param calm the count of haste with which to wait
     * @return how that ended
     */
    Answer await(Deadline deadline, long calm) {
        synchronized (haste) {
            while (pending) {
                long nanos = deadline.remainingNanos();
                if (nanos == 0 || Thread.currentThread().isInterrupted()) {
                    missed = true;
                    return Answer.LATE;
                }
                if (haste.count() != calm) {
                    missed = true;
                    return Answer.PUT_OFF;
                }
                try {
                    haste.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return failed ? Answer.FAILED : Answer.THERE;
        }
    }

    boolean isFailing() {
        synchronized (haste) {
            return failed;
        }
    }

    /** The latest value, or null if none has come yet. */
    @Nullable
    T value() {
        synchronized (haste) {
            return value;
        }
    }
}
