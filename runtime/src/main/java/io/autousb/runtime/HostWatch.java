package io.autousb.runtime;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes snapshots of the host on a thread of its own: one after each hint, however many hints come
 * meanwhile.
 */
final class HostWatch {

    /** Where snapshots go. */
    interface Sink {
        /**
         * A snapshot was taken.
         *
         * @param topology the host
         * @param begunNanos when it was begun
         */
        void seen(HostTopology topology, long begunNanos);

        void failed(BackendException cause);
    }

    private final DeviceSource source;
    private final SerialExecutor worker;
    private final MonotonicClock clock;
    private final Duration timeout;
    private final Sink sink;
    private final AtomicBoolean wanted = new AtomicBoolean();

    HostWatch(DeviceSource source, SerialExecutor worker, MonotonicClock clock, Duration timeout, Sink sink) {
        this.source = source;
        this.worker = worker;
        this.clock = clock;
        this.timeout = timeout;
        this.sink = sink;
    }

    void start() {
        source.subscribe(this::look);
        look();
    }

    /** Any thread: look soon. */
    void look() {
        if (wanted.compareAndSet(false, true)) {
            worker.execute(this::snapshot);
        }
    }

    private void snapshot() {
        wanted.set(false);
        long begun = clock.nanos();
        try {
            sink.seen(source.snapshot(timeout), begun);
        } catch (RuntimeException e) {
            sink.failed(Adapters.asBackendException(e, "reading the host's USB devices"));
        }
    }

    void close() {
        worker.close();
    }
}
