package io.autousb.qmp;

import io.autousb.linux.Deadline;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions without letting an interrupt cut the waiting short: a caller that has sent a
 * command needs its answer, whoever interrupts it. The interrupt is kept for whom it may concern.
 */
public final class Waiting {

    private Waiting() {}

    /**
     * Waits until something holds. The condition's lock is held by the caller.
     *
     * @param condition is signalled when it may hold
     * @param goal what is waited for, evaluated under the lock
     * @param deadline how long
     * @return whether it holds
     */
    public static boolean until(Condition condition, BooleanSupplier goal, Deadline deadline) {
        boolean interrupted = false;
        try {
            while (!goal.getAsBoolean()) {
                long nanos = deadline.remainingNanos();
                if (nanos == 0) {
                    return false;
                }
                try {
                    long ignored = condition.awaitNanos(nanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits until a thread has ended.
     *
     * @param thread any thread
     * @param deadline how long
     */
    public static void forEnd(Thread thread, Deadline deadline) {
        boolean interrupted = false;
        while (thread.isAlive() && deadline.remainingNanos() > 0) {
            try {
                thread.join(Math.max(1, deadline.remaining().toMillis()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
