package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Stores that do not keep what they are given. */
final class StateSaveMutants {

    private StateSaveMutants() {}

    static List<Mutant<StateStoreFixture>> all() {
        return List.of(
                BrokenStates.loading(
                        "begins with something",
                        "ST-01 ST-03 ST-13 ST-14 ST-15 ST-16 ST-18",
                        loaded -> loaded.state().equals(StoredState.EMPTY)
                                ? LoadedState.of(new StoredState(Map.of("k", "v")))
                                : loaded),
                BrokenStates.store(
                        "keeps what it saves to itself",
                        "ST-02 ST-03 ST-04 ST-05 ST-06 ST-07 ST-08 ST-12 ST-16 ST-17 ST-19 ST-21",
                        (real, place) -> new Selfish(real)),
                BrokenStates.store(
                        "adds to what was saved",
                        "ST-03 ST-06 ST-08 ST-12 ST-21",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void save(StoredState state, Duration timeout) {
                                Map<String, String> both =
                                        new HashMap<>(place.saved().entries());
                                both.putAll(state.entries());
                                super.save(new StoredState(both), timeout);
                            }
                        }),
                BrokenStates.store(
                        "saves nothing but the first time",
                        "ST-03 ST-05 ST-08 ST-12 ST-21",
                        (real, place) -> new DelegatingStateStore(real) {
                            @Override
                            public void save(StoredState state, Duration timeout) {
                                boolean first = place.saved().equals(StoredState.EMPTY);
                                super.save(first ? state : place.saved(), timeout);
                            }
                        }),
                values("strips texts", "ST-04", String::strip),
                values("ends texts at U+0000", "ST-04", text -> (text + "\0").split("\0", -1)[0]),
                values("keeps ASCII only", "ST-04", text -> text.replaceAll("[^\0-~\u007f]", "?")),
                values("cuts long texts", "ST-05", text -> text.substring(0, Math.min(2000, text.length()))),
                BrokenStates.saving("keeps but some entries", "ST-05", state -> {
                    Map<String, String> some = new HashMap<>();
                    state.entries().entrySet().stream().limit(100).forEach(it -> some.put(it.getKey(), it.getValue()));
                    return new StoredState(some);
                }),
                BrokenStates.store("saves entry by entry", "ST-06", (real, place) -> new DelegatingStateStore(real) {
                    @Override
                    public void save(StoredState state, Duration timeout) {
                        Map<String, String> entries = new HashMap<>();
                        state.entries().forEach((key, value) -> {
                            entries.put(key, value);
                            super.save(new StoredState(entries), timeout);
                            Thread.yield();
                        });
                        super.save(state, timeout);
                    }
                }));
    }

    private static Mutant<StateStoreFixture> values(String name, String rules, UnaryOperator<String> spoil) {
        return BrokenStates.saving(name, rules, state -> {
            Map<String, String> entries = new HashMap<>();
            state.entries().forEach((key, value) -> entries.put(key, spoil.apply(value)));
            return new StoredState(entries);
        });
    }

    private static final class Selfish extends DelegatingStateStore {
        private StoredState mine = StoredState.EMPTY;

        Selfish(StateStore real) {
            super(real);
        }

        @Override
        public LoadedState load(Duration timeout) {
            LoadedState loaded = super.load(timeout);
            return loaded.unusable().isPresent() ? loaded : LoadedState.of(mine);
        }

        @Override
        public void save(StoredState state, Duration timeout) {
            super.save(state, timeout);
            mine = state;
        }
    }
}
