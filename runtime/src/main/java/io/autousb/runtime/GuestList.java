package io.autousb.runtime;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lists the guests of one hypervisor on a thread of its own, after each hint. */
final class GuestList {

    /** Where lists go. */
    interface Sink {
        void listed(GuestList list, List<Guest> guests);

        void failed(GuestList list, BackendException cause);

        void attachmentsChanged(GuestId guest);
    }

    private final String name;
    private final Hypervisor hypervisor;
    private final SerialExecutor worker;
    private final Duration timeout;
    private final Sink sink;
    private final AtomicBoolean wanted = new AtomicBoolean();

    GuestList(String name, Hypervisor hypervisor, SerialExecutor worker, Duration timeout, Sink sink) {
        this.name = name;
        this.hypervisor = hypervisor;
        this.worker = worker;
        this.timeout = timeout;
        this.sink = sink;
    }

    String name() {
        return name;
    }

    Hypervisor hypervisor() {
        return hypervisor;
    }

    void start(List<GuestSpec> guests) {
        hypervisor.configure(guests);
        hypervisor.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                look();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {
                sink.attachmentsChanged(guest);
            }
        });
        look();
    }

    void reconfigure(List<GuestSpec> guests) {
        worker.execute(() -> {
            try {
                hypervisor.configure(guests);
            } catch (RuntimeException e) {
                sink.failed(this, Adapters.asBackendException(e, "configuring " + name));
            }
        });
        look();
    }

    /** Any thread: list soon. */
    void look() {
        if (wanted.compareAndSet(false, true)) {
            worker.execute(this::list);
        }
    }

    private void list() {
        wanted.set(false);
        try {
            sink.listed(this, hypervisor.guests(timeout));
        } catch (RuntimeException e) {
            sink.failed(this, Adapters.asBackendException(e, "listing the guests of " + name));
        }
    }

    void close() {
        worker.close();
    }
}
