package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stores that do not end well. */
final class StateLifeMutants {

    private StateLifeMutants() {}

    static List<Mutant<StateStoreFixture>> all() {
        return List.of(
                BrokenStates.store("loads after close", "ST-19", (real, place) -> new DelegatingStateStore(real) {
                    @Override
                    public LoadedState load(Duration timeout) {
                        try {
                            return super.load(timeout);
                        } catch (BackendException e) {
                            if (e.is(BackendException.CLOSED)) {
                                return place.take();
                            }
                            throw e;
                        }
                    }
                }),
                BrokenStates.store("saves after close", "ST-19", (real, place) -> new DelegatingStateStore(real) {
                    @Override
                    public void save(StoredState state, Duration timeout) {
                        try {
                            super.save(state, timeout);
                        } catch (BackendException e) {
                            if (!e.is(BackendException.CLOSED)) {
                                throw e;
                            }
                            place.replace(state);
                        }
                    }
                }),
                BrokenStates.store(
                        "forgets all when closed",
                        "ST-02 ST-19 ST-21",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void close() {
                                super.close();
                                place.replace(StoredState.EMPTY);
                            }
                        }),
                BrokenStates.store(
                        "cannot be closed twice",
                        "ST-02 ST-19 ST-20 ST-21 ST-22 ST-23 ST-24",
                        (real, place) -> new DelegatingStateStore(real) {
                            private final AtomicBoolean closed = new AtomicBoolean();

                            @Override
                            public void close() {
                                super.close();
                                if (!closed.compareAndSet(false, true)) {
                                    throw new IllegalStateException("closed already");
                                }
                            }
                        }),
                Mutant.of("closes all stores at once", "ST-21", AllAtOnce::new),
                BrokenStates.store(
                        "waits for calls when closed", "ST-22", (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public synchronized LoadedState load(Duration timeout) {
                                return super.load(timeout);
                            }

                            @Override
                            public synchronized void close() {
                                super.close();
                            }
                        }),
                BrokenStates.store("leaves a thread", "ST-23", (real, place) -> new DelegatingStateStore(real) {
                    @Override
                    public LoadedState load(Duration timeout) {
                        Leaks.thread();
                        return super.load(timeout);
                    }
                }),
                BrokenStates.store("leaves a descriptor", "ST-24", (real, place) -> new DelegatingStateStore(real) {
                    @Override
                    public LoadedState load(Duration timeout) {
                        Leaks.descriptor();
                        return super.load(timeout);
                    }
                }));
    }

    private static final class AllAtOnce extends BrokenStates.Fixture {
        private final List<StateStore> all = new CopyOnWriteArrayList<>();

        @Override
        StateStore spoil(StateStore real) {
            all.add(real);
            return new DelegatingStateStore(real) {
                @Override
                public void close() {
                    all.forEach(StateStore::close);
                }
            };
        }
    }
}
