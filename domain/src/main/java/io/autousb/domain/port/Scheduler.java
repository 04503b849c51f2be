package io.autousb.domain.port;

import java.time.Duration;

/**
 * Runs small tasks later. Thread-safe; tasks run one at a time and must not block.
 */
@FunctionalInterface
public interface Scheduler {

    /**
     * Runs a task once, after a delay.
     *
     * @param delay how long to wait; zero or less means at once
     * @param task what to run; what it throws is logged and harms no other task
     * @return drops the task if it has not begun, when run; returns at once, and may be run again
     */
    Runnable schedule(Duration delay, Runnable task);
}
