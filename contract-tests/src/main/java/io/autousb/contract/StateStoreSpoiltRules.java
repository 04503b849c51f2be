package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of things that are found in the place of a state. */
abstract class StateStoreSpoiltRules extends StateStoreSaveRules {

    private static final String ONE_LINE = "[ -~]+";
    private static final int MANY = 40;

    /** Ample for a person who looks what went wrong. */
    private static final int MOST_PUT_ASIDE = 16;

    @Test
    @DisplayName("ST-13 A torn state is reported and put aside, and counts as empty")
    final void load_whenTorn_reportsAndIsEmpty() {
        assertReported(BackendException.TORN);
    }

    @Test
    @DisplayName("ST-14 Something foreign is reported and put aside, and counts as empty")
    final void load_whenForeign_reportsAndIsEmpty() {
        assertReported(BackendException.FOREIGN);
    }

    @Test
    @DisplayName("ST-15 The state of a later version is reported and put aside, and counts as empty")
    final void load_whenNewer_reportsAndIsEmpty() {
        assertReported(BackendException.NEWER);
    }

    private void assertReported(String code) {
        StateStore store = saved(SOME);
        spoil(code);

        LoadedState loaded = look(store);

        assertThat(loaded.state()).isEqualTo(StoredState.EMPTY);
        assertThat(loaded.unusable()).as("what is reported").isPresent();
        BackendException found = loaded.unusable().orElseThrow();
        assertThat(found.code()).isEqualTo(code);
        assertThat(found.what()).as("what is wrong").matches(ONE_LINE);
        assertThat(found.where()).as("where it is").matches(ONE_LINE);
        assertThat(found.remedy()).as("the remedy").matches(ONE_LINE);
        assertThat(place().putAside()).as("how many are put aside").isEqualTo(1);
    }

    @Test
    @DisplayName("ST-16 What was put aside is reported once, and stays")
    final void load_whenReportedBefore_isSilent() {
        StateStore store = saved(SOME);
        spoil(someReason());
        assertThat(look(store).unusable()).isPresent();

        assertThat(load(store)).isEmpty();
        assertThat(loadAnew()).isEmpty();

        save(store, OTHER);
        assertThat(loadAnew()).isEqualTo(OTHER.entries());
        assertThat(place().putAside()).as("how many are put aside").isEqualTo(1);
    }

    @Test
    @DisplayName("ST-17 A save over something unusable puts it aside")
    final void save_whenSpoilt_putsItAside() {
        StateStore store = saved(SOME);
        spoil(someReason());

        save(store, OTHER);

        assertThat(place().putAside()).as("how many are put aside").isEqualTo(1);
        assertThat(loadAnew()).isEqualTo(OTHER.entries());
    }

    @Test
    @DisplayName("ST-18 What is put aside does not become more and more")
    final void load_whenSpoiltAgainAndAgain_keepsSome() {
        StateStore store = open();
        for (int i = 0; i < MANY; i++) {
            save(store, SOME);
            spoil(someReason());
            assertThat(look(store).unusable()).as("what is reported").isPresent();
            assertThat(place().putAside()).as("how many are put aside").isBetween(1, MOST_PUT_ASIDE);
        }
    }
}
