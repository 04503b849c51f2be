package io.autousb.backend.sim;

import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;

/** A store that does all as another one does it, to be spoilt. */
class DelegatingStateStore implements StateStore {

    private final StateStore real;

    DelegatingStateStore(StateStore real) {
        this.real = real;
    }

    @Override
    public LoadedState load(Duration timeout) {
        return real.load(timeout);
    }

    @Override
    public void save(StoredState state, Duration timeout) {
        real.save(state, timeout);
    }

    @Override
    public void close() {
        real.close();
    }
}
