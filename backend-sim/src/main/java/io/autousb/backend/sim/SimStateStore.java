package io.autousb.backend.sim;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.Scheduler;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;

/** The state store {@code sim}: keeps a {@link SimState} in memory. */
public final class SimStateStore implements StateStore {

    private final SimState place;
    private final Scheduler scheduler;
    private volatile boolean closed;

    /**
     * Makes a store.
     *
     * @param place where it keeps what it saves
     * @param scheduler measures timeouts
     */
    public SimStateStore(SimState place, Scheduler scheduler) {
        this.place = place;
        this.scheduler = scheduler;
    }

    @Override
    public LoadedState load(Duration timeout) {
        synchronized (place) {
            reach(timeout, false);
            return place.take();
        }
    }

    @Override
    public void save(StoredState state, Duration timeout) {
        synchronized (place) {
            reach(timeout, true);
            if (place.isFailing()) {
                throw BackendException.of(BackendException.IO, "the simulated save fails")
                        .remedy("let saves succeed")
                        .build();
            }
            place.replace(state);
        }
    }

    /** Waits for the place to answer. */
    private void reach(Duration timeout, boolean changing) {
        requireOpen();
        try (Patience patience = new Patience(scheduler, timeout, () -> false)) {
            if (patience.await(place, () -> !place.isHanging()) != Patience.End.REACHED) {
                var failure = BackendException.of(BackendException.TIMEOUT, "the simulated state does not answer")
                        .remedy("let it go on");
                throw changing ? SimFailures.unknown(failure) : failure.build();
            }
        }
        if (place.isUnreadable()) {
            throw BackendException.of(BackendException.IO, "the simulated state cannot be read")
                    .remedy("make another world")
                    .build();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the simulated state store is closed")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
    }
}
