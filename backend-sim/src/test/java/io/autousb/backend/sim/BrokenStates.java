package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Makes broken state stores. */
final class BrokenStates {

    private BrokenStates() {}

    /** A simulated place whose stores are spoilt. */
    static class Fixture extends SimStateStoreFixture {
        @Override
        public final StateStore open() {
            return spoil(super.open());
        }

        StateStore spoil(StateStore real) {
            return real;
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration grace() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration shortTimeout() {
            return Duration.ofMillis(20);
        }
    }

    /** One whose stores are spoilt in some way. */
    static Mutant<StateStoreFixture> store(
            String name, String rules, BiFunction<StateStore, SimState, StateStore> spoil) {
        return Mutant.of(name, rules, () -> new Fixture() {
            @Override
            StateStore spoil(StateStore real) {
                return spoil.apply(real, state());
            }
        });
    }

    /** One that changes what is to be saved. */
    static Mutant<StateStoreFixture> saving(String name, String rules, UnaryOperator<StoredState> spoil) {
        return store(name, rules, (real, place) -> new DelegatingStateStore(real) {
            @Override
            public void save(StoredState state, Duration timeout) {
                super.save(spoil.apply(state), timeout);
            }
        });
    }

    /** One that changes what was loaded. */
    static Mutant<StateStoreFixture> loading(String name, String rules, UnaryOperator<LoadedState> spoil) {
        return store(name, rules, (real, place) -> new DelegatingStateStore(real) {
            @Override
            public LoadedState load(Duration timeout) {
                return spoil.apply(super.load(timeout));
            }
        });
    }
}
