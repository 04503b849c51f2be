package io.autousb.runtime;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.Objects;
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

    private static final String DOING = "reading the host's USB devices";

    private final DeviceSource source;
    private final SerialExecutor worker;
    private final EngineLoop loop;
    private final Timings timings;
    private final Sink sink;
    private final AtomicBoolean wanted = new AtomicBoolean();

    HostWatch(DeviceSource source, SerialExecutor worker, EngineLoop loop, Timings timings, Sink sink) {
        this.source = source;
        this.worker = worker;
        this.loop = loop;
        this.timings = timings;
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
        Duration due = timings.snapshot().plus(timings.grace());
        loop.supervise(due, () -> sink.failed(Adapters.overdue(DOING)), this::call);
    }

    private void call() {
        long begun = loop.nanos();
        try {
            sink.seen(Objects.requireNonNull(source.snapshot(timings.snapshot())), begun);
        } catch (RuntimeException | LinkageError e) {
            sink.failed(Adapters.asBackendException(e, DOING));
        }
    }

    void close() {
        worker.close();
    }
}
