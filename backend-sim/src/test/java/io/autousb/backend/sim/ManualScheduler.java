package io.autousb.backend.sim;

import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A scheduler whose time the test moves. Tasks run on the thread that moves it. */
final class ManualScheduler implements Scheduler {

    private record Slot(long nanos, long order) implements Comparable<Slot> {
        @Override
        public int compareTo(Slot other) {
            return nanos == other.nanos ? Long.compare(order, other.order) : Long.compare(nanos, other.nanos);
        }
    }

    private final TreeMap<Slot, Runnable> waiting = new TreeMap<>();
    private long now;
    private long order;

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        Slot slot = new Slot(now + delay.toNanos(), order++);
        waiting.put(slot, task);
        return () -> {
            synchronized (this) {
                waiting.remove(slot);
            }
        };
    }

    /** How many tasks wait. */
    synchronized int size() {
        return waiting.size();
    }

    void advance(Duration time) {
        long end;
        synchronized (this) {
            end = now + time.toNanos();
        }
        for (Runnable task = next(end); task != null; task = next(end)) {
            task.run();
        }
    }

    private synchronized Runnable next(long end) {
        if (waiting.isEmpty() || waiting.firstKey().nanos() > end) {
            now = end;
            return null;
        }
        Map.Entry<Slot, Runnable> first = waiting.pollFirstEntry();
        now = first.getKey().nanos();
        return first.getValue();
    }
}
