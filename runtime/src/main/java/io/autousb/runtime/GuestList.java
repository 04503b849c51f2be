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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lists the guests of one hypervisor on a thread of its own, after each hint. */
final class GuestList {

    /** Where lists go. */
    interface Sink {
        /**
         * The hypervisor has listed its guests.
         *
         * @param list which hypervisor's
         * @param guests those that exist
         * @param specs what it was configured with then
         */
        void listed(GuestList list, List<Guest> guests, List<GuestSpec> specs);

        void failed(GuestList list, BackendException cause);

        void attachmentsChanged(GuestId guest);
    }

    private final String name;
    private final Hypervisor hypervisor;
    private final SerialExecutor worker;
    private final EngineLoop loop;
    private final Timings timings;
    private final Sink sink;
    private final AtomicBoolean wanted = new AtomicBoolean();
    /** What the hypervisor is to be configured with before the next list; null once it is. */
    private final AtomicReference<@Nullable List<GuestSpec>> pending = new AtomicReference<>();

    private volatile List<GuestSpec> specs = List.of();
    /** One that could not begin is asked for nothing. */
    private volatile boolean begun;

    GuestList(String name, Hypervisor hypervisor, SerialExecutor worker, EngineLoop loop, Timings timings, Sink sink) {
        this.name = name;
        this.hypervisor = hypervisor;
        this.worker = worker;
        this.loop = loop;
        this.timings = timings;
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
        specs = guests;
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
        begun = true;
        look();
    }

    /** Any thread: configure, then list. */
    void reconfigure(List<GuestSpec> guests) {
        pending.set(guests);
        look();
    }

    /** Any thread: list soon. */
    void look() {
        if (begun && wanted.compareAndSet(false, true)) {
            worker.execute(this::list);
        }
    }

    private void list() {
        wanted.set(false);
        Duration due = timings.list().plus(timings.grace());
        loop.supervise(due, () -> sink.failed(this, Adapters.overdue(doing())), this::call);
    }

    private void call() {
        try {
            List<GuestSpec> changed = pending.get();
            if (changed != null) {
                hypervisor.configure(changed);
                specs = changed;
                pending.compareAndSet(changed, null);
            }
            sink.listed(this, List.copyOf(hypervisor.guests(timings.list())), specs);
        } catch (RuntimeException | LinkageError e) {
            sink.failed(this, Adapters.asBackendException(e, doing()));
        }
    }

    private String doing() {
        return "listing the guests of " + name;
    }

    void close() {
        worker.close();
    }
}
