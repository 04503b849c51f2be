package io.autousb.runtime;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to observers, in order, on a thread of their own: one that blocks (a stopped terminal)
 * never delays the engine. What it cannot take in the end is dropped and counted.
 */
final class ObserverFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ObserverFeed.class);
    private static final int MAX_WAITING = 10_000;

    private final List<Consumer<EngineEvent>> observers = new CopyOnWriteArrayList<>();
    private final SerialExecutor executor;
    private final Queue<EngineEvent> waiting = new ArrayDeque<>();
    private long dropped;

    ObserverFeed(SerialExecutor executor) {
        this.executor = executor;
    }

    void add(Consumer<EngineEvent> observer) {
        observers.add(observer);
    }

    /** Keeps an event for the next {@link #deliver}. */
    void tell(EngineEvent event) {
        synchronized (waiting) {
            if (waiting.size() < MAX_WAITING) {
                waiting.add(event);
            } else {
                dropped++;
            }
        }
    }

    /** Begins to hand over what was told. */
    void deliver() {
        synchronized (waiting) {
            if (waiting.isEmpty()) {
                return;
            }
        }
        executor.execute(this::handOver);
    }

    private void handOver() {
        for (EngineEvent event = next(); event != null; event = next()) {
            handOver(event);
        }
    }

    private @Nullable EngineEvent next() {
        EngineEvent event;
        long lost;
        synchronized (waiting) {
            event = waiting.poll();
            lost = dropped;
            dropped = 0;
        }
        if (lost > 0) {
            LOG.warn("{} events were dropped because an observer did not take them", lost);
        }
        return event;
    }

    private void handOver(EngineEvent event) {
        for (Consumer<EngineEvent> observer : observers) {
            try {
                observer.accept(event);
            } catch (RuntimeException e) {
                LOG.error("an observer failed on {}", event, e);
            }
        }
    }

    void close() {
        deliver();
        executor.execute(executor::close);
    }
}
