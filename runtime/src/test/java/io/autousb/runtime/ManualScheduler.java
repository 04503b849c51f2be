package io.autousb.runtime;

import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** Runs tasks when a test says that their time has come. */
final class ManualScheduler implements Scheduler {

    private record Waiting(long at, Runnable task) {}

    private final ManualClock clock;
    private final List<Waiting> waiting = new ArrayList<>();

    ManualScheduler(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        Waiting entry = new Waiting(clock.nanos() + Math.max(0, delay.toNanos()), task);
        waiting.add(entry);
        return () -> drop(entry);
    }

    private synchronized void drop(Waiting entry) {
        waiting.removeIf(other -> other == entry);
    }

    /** When the next task is due. */
    synchronized OptionalLong next() {
        return waiting.stream().mapToLong(Waiting::at).min();
    }

    /** Runs the tasks that are due. */
    void runDue() {
        List<Waiting> due;
        synchronized (this) {
            long now = clock.nanos();
            due = waiting.stream()
                    .filter(entry -> entry.at() <= now)
                    .sorted(Comparator.comparingLong(Waiting::at))
                    .toList();
            waiting.removeAll(due);
        }
        due.forEach(entry -> entry.task().run());
    }

    synchronized int size() {
        return waiting.size();
    }
}
