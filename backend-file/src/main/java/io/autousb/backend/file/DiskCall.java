package io.autousb.backend.file;

import io.autousb.linux.Deadline;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call that another thread makes, and that one waits for no longer than until a deadline. */
final class DiskCall<T> implements Runnable {

    private final Work<T> work;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<T> result = new CompletableFuture<>();

    DiskCall(Work<T> work) {
        this.work = work;
    }

    /** What is to be done. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** The time was over before there was a result. */
    static final class LateException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean begun;

        private LateException(boolean begun) {
            this.begun = begun;
        }

        /** Whether something may have been done, or may still be. If not, it never will be. */
        boolean hasBegun() {
            return begun;
        }
    }

    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            result.complete(work.run());
        } catch (IOException | RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Waits for the result. An interrupt is kept for the caller. */
    T await(Deadline deadline) throws IOException, LateException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    throw new LateException(!begun.compareAndSet(false, true));
                }
            }
        } catch (ExecutionException e) {
            throw rethrown(Objects.requireNonNull(e.getCause()));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(Throwable cause) {
        if (cause instanceof RuntimeException known) {
            throw known;
        }
        if (cause instanceof Error known) {
            throw known;
        }
        return (IOException) cause;
    }
}
