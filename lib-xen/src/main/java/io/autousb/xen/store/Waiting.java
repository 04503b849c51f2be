package io.autousb.xen.store;

import io.autousb.linux.Deadline;
import java.util.concurrent.TimeUnit;

/**
 * Waits without letting an interrupt cut the waiting short: who has asked for a change needs the answer,
 * whoever interrupts. The interrupt is kept for whom it may concern.
 */
final class Waiting {

    /** Something that waits for some nanoseconds. */
    @FunctionalInterface
    interface Wait {
        /** Whether what is waited for has come about. */
        boolean await(long nanos) throws InterruptedException;
    }

    private Waiting() {}

    /** Waits at least once, be it for no time. Whether it came about. */
    static boolean until(Wait wait, Deadline deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return wait.await(deadline.remainingNanos());
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

    static void forEnd(Thread thread, Deadline deadline) {
        boolean ignored = until(
                nanos -> {
                    TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, nanos));
                    return !thread.isAlive();
                },
                deadline);
    }
}
