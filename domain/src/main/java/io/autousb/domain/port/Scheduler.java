package io.autousb.domain.port;

import java.time.Duration;

/**
 * Runs small tasks later. Thread-safe; tasks run one at a time and must not block.
 */
public interface Scheduler {

    /**
     * Runs a task once, after a delay.
     *
     * @param delay how long to wait; zero or less means at once
     * @param task what to run; what it throws is logged and harms no other task
     * @return a handle whose {@code close} drops the task if it has not begun; closing twice is harmless
     */
    Task schedule(Duration delay, Runnable task);

    /** A task that waits. */
    @FunctionalInterface
    interface Task extends AutoCloseable {
        /** Drops the task if it has not begun. */
        @Override
        void close();
    }
}
