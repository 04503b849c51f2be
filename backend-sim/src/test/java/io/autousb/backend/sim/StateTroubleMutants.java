package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Stores that do not stand what goes wrong. */
final class StateTroubleMutants {

    private StateTroubleMutants() {}

    static List<Mutant<StateStoreFixture>> all() {
        return List.of(
                failure(
                        "has no remedy for a save that fails",
                        "ST-07",
                        BackendException.IO,
                        e -> BackendException.of(e.code(), e.what()).build()),
                failure(
                        "never knows whether a save has failed",
                        "ST-07",
                        BackendException.IO,
                        e -> BackendException.of(e.code(), e.what())
                                .remedy(e.remedy())
                                .outcomeUnknown()
                                .build()),
                BrokenStates.store(
                        "saves all the same and then fails", "ST-07", (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void save(StoredState state, Duration timeout) {
                                try {
                                    super.save(state, timeout);
                                } catch (BackendException e) {
                                    if (e.is(BackendException.IO)) {
                                        place.replace(state);
                                    }
                                    throw e;
                                }
                            }
                        }),
                BrokenStates.store("gives up after a failure", "ST-08 ST-12", (real, place) -> new GivingUp(real)),
                BrokenStates.store(
                        "takes what cannot be read for empty",
                        "ST-09",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public LoadedState load(Duration timeout) {
                                try {
                                    return super.load(timeout);
                                } catch (BackendException e) {
                                    if (e.is(BackendException.IO)) {
                                        return LoadedState.of(StoredState.EMPTY);
                                    }
                                    throw e;
                                }
                            }
                        }),
                BrokenStates.store(
                        "does not heed the timeout of a load",
                        "ST-10",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public LoadedState load(Duration timeout) {
                                return super.load(timeout.plus(Leaks.LONG));
                            }
                        }),
                BrokenStates.store(
                        "does not heed the timeout of a save",
                        "ST-11",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void save(StoredState state, Duration timeout) {
                                super.save(state, timeout.plus(Leaks.LONG));
                            }
                        }),
                failure(
                        "is sure that a save in time has failed",
                        "ST-11",
                        BackendException.TIMEOUT,
                        e -> BackendException.of(e.code(), e.what())
                                .remedy(e.remedy())
                                .build()),
                BrokenStates.store("makes an old save after a new one", "ST-12", (real, place) -> new Belated(real)),
                spoilt("fails on what is torn", "ST-13 ST-16 ST-18", BackendException.TORN, found -> {
                    throw BackendException.of(BackendException.IO, found.what()).build();
                }),
                spoilt(
                        "does not tell torn from foreign",
                        "ST-13",
                        BackendException.TORN,
                        found -> as(BackendException.FOREIGN, found)),
                spoilt("does not report what is foreign", "ST-14", BackendException.FOREIGN, found -> Optional.empty()),
                spoilt(
                        "does not tell newer from torn",
                        "ST-15",
                        BackendException.NEWER,
                        found -> as(BackendException.TORN, found)),
                spoilt(
                        "prints what it found",
                        "ST-13",
                        BackendException.TORN,
                        found -> Optional.of(BackendException.of(BackendException.TORN, "\u001b[2J")
                                .where(found.where())
                                .remedy("x")
                                .build())),
                spoilt(
                        "prints where it found it",
                        "ST-14",
                        BackendException.FOREIGN,
                        found -> Optional.of(BackendException.of(BackendException.FOREIGN, "x")
                                .where("\u001b[2J")
                                .remedy("x")
                                .build())),
                spoilt(
                        "has a remedy of two lines",
                        "ST-15",
                        BackendException.NEWER,
                        found -> Optional.of(BackendException.of(BackendException.NEWER, "x")
                                .where("x")
                                .remedy("this\nthat")
                                .build())),
                BrokenStates.store(
                        "loads a part of what cannot be used",
                        "ST-13 ST-14 ST-15",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public LoadedState load(Duration timeout) {
                                LoadedState loaded = super.load(timeout);
                                return new LoadedState(
                                        loaded.unusable().isPresent()
                                                ? new StoredState(Map.of("k", "v"))
                                                : loaded.state(),
                                        loaded.unusable());
                            }
                        }),
                BrokenStates.store("reports again and again", "ST-16", (real, place) -> new Repeating(real)),
                BrokenStates.store(
                        "saves over what it cannot use", "ST-17", (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void save(StoredState state, Duration timeout) {
                                int before = place.putAside();
                                super.save(state, timeout);
                                place.forgetPutAside(place.putAside() - before);
                            }
                        }),
                Mutant.of("keeps all that it ever put aside", "ST-18", () -> new BrokenStates.Fixture() {
                    private final AtomicInteger spoilt = new AtomicInteger();

                    @Override
                    public void spoil(String code) {
                        super.spoil(code);
                        spoilt.incrementAndGet();
                    }

                    @Override
                    public int putAside() {
                        return spoilt.get();
                    }
                }));
    }

    private static Mutant<StateStoreFixture> failure(
            String name, String rules, String code, UnaryOperator<BackendException> spoil) {
        return BrokenStates.store(name, rules, (real, place) -> new DelegatingStateStore(real) {
            @Override
            public void save(StoredState state, Duration timeout) {
                try {
                    super.save(state, timeout);
                } catch (BackendException e) {
                    throw e.is(code) ? spoil.apply(e) : e;
                }
            }
        });
    }

    private static Mutant<StateStoreFixture> spoilt(
            String name, String rules, String code, Function<BackendException, Optional<BackendException>> spoil) {
        return BrokenStates.loading(
                name,
                rules,
                loaded -> new LoadedState(
                        loaded.state(),
                        loaded.unusable().flatMap(found -> found.is(code) ? spoil.apply(found) : Optional.of(found))));
    }

    private static Optional<BackendException> as(String code, BackendException found) {
        return Optional.of(BackendException.of(code, found.what())
                .where(found.where())
                .remedy(found.remedy())
                .build());
    }

    private static final class GivingUp extends DelegatingStateStore {
        private Optional<BackendException> failure = Optional.empty();

        GivingUp(StateStore real) {
            super(real);
        }

        @Override
        public void save(StoredState state, Duration timeout) {
            failure.ifPresent(e -> {
                throw e;
            });
            try {
                super.save(state, timeout);
            } catch (BackendException e) {
                failure = Optional.of(e);
                throw e;
            }
        }
    }

    private static final class Belated extends DelegatingStateStore {
        private Optional<StoredState> late = Optional.empty();

        Belated(StateStore real) {
            super(real);
        }

        @Override
        public void save(StoredState state, Duration timeout) {
            try {
                super.save(state, timeout);
                late.ifPresent(it -> super.save(it, timeout));
            } catch (BackendException e) {
                if (e.outcomeUnknown()) {
                    late = Optional.of(state);
                }
                throw e;
            }
        }
    }

    private static final class Repeating extends DelegatingStateStore {
        private Optional<BackendException> found = Optional.empty();

        Repeating(StateStore real) {
            super(real);
        }

        @Override
        public LoadedState load(Duration timeout) {
            LoadedState loaded = super.load(timeout);
            found = loaded.unusable().or(() -> found);
            return new LoadedState(loaded.state(), found);
        }
    }
}
