package io.autousb.backend.sim;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Leaves things behind, for those mutants that do. */
final class Leaks {

    /** Longer than any mutant's fixture waits. */
    static final Duration LONG = Duration.ofMillis(1500);

    private static final List<InputStream> OPEN = new CopyOnWriteArrayList<>();

    private Leaks() {}

    /** A thread that lives on for {@link #LONG}. */
    static void thread() {
        Thread thread = new Thread(Leaks::pause, "autousb-leak");
        thread.setDaemon(true);
        thread.start();
    }

    /** Does not return for {@link #LONG}. */
    static void pause() {
        long end = System.nanoTime() + LONG.toNanos();
        for (long left = LONG.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits for another thread, but not for {@link #LONG}. */
    static void await(CountDownLatch latch) {
        try {
            boolean unused = latch.await(LONG.toMillis() / 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A descriptor that stays open. */
    static void descriptor() {
        try {
            OPEN.add(new FileInputStream("/dev/null"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
