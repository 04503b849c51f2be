package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the rules for state stores share. */
@ExtendWith(RuleReport.class)
abstract class StateStoreRules {

    /** A state as the core would have it. */
    static final StoredState SOME =
            new StoredState(Map.of("override.pci-0000:00:14.0-usb-0:1.2", "guest=windows", "pause.1", "linux"));

    /** Another one: with one key of the first, without the other, and with a new one. */
    static final StoredState OTHER = new StoredState(Map.of("pause.1", "windows", "pause.2", "bsd"));

    private final Set<Thread> threadsBefore = Resources.threads();
    private final List<StateStore> opened = new CopyOnWriteArrayList<>();
    private StateStoreFixture fixture;
    private boolean down;

    /**
     * Makes the adapter's place. Called once for each rule.
     *
     * @return a new fixture, closed by the contract
     * @throws Exception if that fails; the rule is then reported as failed
     */
    protected abstract StateStoreFixture createFixture() throws Exception;

    @BeforeEach
    final void setUpFixture() throws Exception {
        fixture = createFixture();
    }

    @AfterEach
    final void tearDownFixture() throws IOException {
        if (!down) {
            down = true;
            opened.forEach(StateStore::close);
            fixture.close();
        }
    }

    /** The threads that lived before the fixture was made. */
    final Set<Thread> threadsBefore() {
        return threadsBefore;
    }

    final StateStoreFixture place() {
        return fixture;
    }

    /** Skips the rule, by name, where a capability is missing. */
    final void needs(StateStoreCapability capability) {
        assumeFalse(fixture.unsupported().contains(capability), "declared unsupported: " + capability);
    }

    final StateStore open() {
        StateStore store = fixture.open();
        opened.add(store);
        return store;
    }

    /** A store with something saved. */
    final StateStore saved(StoredState state) {
        StateStore store = open();
        save(store, state);
        return store;
    }

    final void save(StateStore store, StoredState state) {
        store.save(state, fixture.timeout());
    }

    /** What is there, with whatever is to be reported. */
    final LoadedState look(StateStore store) {
        return store.load(fixture.timeout());
    }

    /** What is there, with nothing to report. */
    final Map<String, String> load(StateStore store) {
        LoadedState loaded = look(store);
        assertThat(loaded.unusable()).as("something to report").isEmpty();
        return loaded.state().entries();
    }

    /** What a program that is started next finds, with nothing to report. */
    final Map<String, String> loadAnew() {
        return load(open());
    }

    /** Makes what is there unusable, and skips the rule where that cannot be done. */
    final void spoil(String code) {
        needs(
                switch (code) {
                    case BackendException.TORN -> StateStoreCapability.TORN;
                    case BackendException.FOREIGN -> StateStoreCapability.FOREIGN;
                    default -> StateStoreCapability.NEWER;
                });
        fixture.spoil(code);
    }

    /** The first way that there is here to make a state unusable. */
    final String someReason() {
        Set<StateStoreCapability> missing = fixture.unsupported();
        if (!missing.contains(StateStoreCapability.TORN)) {
            return BackendException.TORN;
        }
        return missing.contains(StateStoreCapability.FOREIGN) ? BackendException.NEWER : BackendException.FOREIGN;
    }
}
