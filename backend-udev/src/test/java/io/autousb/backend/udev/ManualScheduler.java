package io.autousb.backend.udev;

import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A scheduler whose time passes when a test says so. Thread-safe. */
final class ManualScheduler implements Scheduler {

    private record Waiting(Duration delay, Runnable task) {}

    private final List<Waiting> waiting = new ArrayList<>();

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        Waiting one = new Waiting(delay, task);
        waiting.add(one);
        return () -> drop(one);
    }

    private synchronized void drop(Waiting one) {
        waiting.removeIf(other -> other == one);
    }

    /** How many tasks wait with that delay. */
    synchronized int count(Duration delay) {
        return (int) waiting.stream().filter(one -> one.delay().equals(delay)).count();
    }

    /** Runs the tasks that were scheduled with that delay. */
    void pass(Duration delay) {
        List<Waiting> due;
        synchronized (this) {
            due = waiting.stream().filter(one -> one.delay().equals(delay)).toList();
            waiting.removeAll(due);
        }
        due.forEach(one -> one.task().run());
    }
}
