package io.autousb.contract;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another thread brings about. */
final class Await {

    private static final long PAUSE_NANOS = 1_000_000;

    private Await() {}

    /** Whether a condition comes true in time. */
    static boolean becomes(Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** Waits for a condition, or fails. */
    static void until(Duration patience, String what, BooleanSupplier condition) {
        if (!becomes(patience, condition)) {
            throw new AssertionError("within " + patience.toMillis() + " ms it did not happen that " + what);
        }
    }

    /** Runs a call on a thread of its own, which does not keep the machine from ending. */
    static <T> Future<T> start(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(call.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                "contract-call");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** The result of a call that has to end by itself, whatever it throws. */
    static <T> T result(Duration patience, Future<T> call) {
        try {
            return call.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("a call did not return within " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        }
    }
}
