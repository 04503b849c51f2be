package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is saved, and what is loaded then. */
abstract class StateStoreSaveRules extends StateStoreRules {

    private static final int SAVERS = 3;
    private static final int SAVES = 20;

    @Test
    @DisplayName("ST-01 Where nothing was ever saved, an empty state is loaded")
    final void load_whenNothingWasSaved_isEmpty() {
        assertThat(load(open())).isEmpty();
    }

    @Test
    @DisplayName("ST-02 What was saved is loaded, also by a store made anew")
    final void load_whenSaved_isWhatWasSaved() {
        StateStore store = saved(SOME);

        assertThat(load(store)).isEqualTo(SOME.entries());
        store.close();
        assertThat(loadAnew()).isEqualTo(SOME.entries());
        assertThat(loadAnew()).isEqualTo(SOME.entries());
    }

    @Test
    @DisplayName("ST-03 A save replaces all that was saved before")
    final void save_whenSavedBefore_replacesAll() {
        StateStore store = saved(SOME);

        save(store, OTHER);
        assertThat(loadAnew()).isEqualTo(OTHER.entries());

        save(store, StoredState.EMPTY);
        assertThat(loadAnew()).isEmpty();
    }

    @Test
    @DisplayName("ST-04 Texts of any kind come back as they were")
    final void load_whenTextsAreHostile_isWhatWasSaved() {
        StoredState hostile = new StoredState(Map.of(
                "empty", "",
                "lines", "a\nb\r\n\n",
                "blanks", " \t x = y ",
                "controls", "\0\u0001\u001b[2J\u007f\u0085",
                "escapes", "\\ \\n \\x41 \\u0041 \\\\ \" ' %00 &amp; ${a}",
                "beyond", "\u00e9\u20ac\ud83d\ude00\u202e\ufeff\ufffd\uffff",
                "A.b_c:d-0", "key: value # x",
                "0", "[]{}"));

        save(open(), hostile);

        assertThat(loadAnew()).isEqualTo(hostile.entries());
    }

    @Test
    @DisplayName("ST-05 The largest state that there may be is kept")
    final void save_whenAsLargeAsMayBe_keepsAll() {
        StoredState printable = largest("x");
        StoredState controls = largest("\u0001");
        StateStore store = open();

        save(store, printable);
        assertThat(loadAnew().equals(printable.entries()))
                .as("that all is kept")
                .isTrue();
        save(store, controls);
        assertThat(loadAnew().equals(controls.entries())).as("that all is kept").isTrue();
    }

    private static StoredState largest(String character) {
        String value = character.repeat(StoredState.MAX_VALUE_BYTES);
        return new StoredState(IntStream.range(0, StoredState.MAX_ENTRIES)
                .mapToObj(i -> "k".repeat(StoredState.MAX_KEY_LENGTH - 3) + (100 + i))
                .collect(Collectors.toMap(key -> key, key -> value)));
    }

    @Test
    @DisplayName("ST-06 However many save and load at a time, what is loaded was saved as a whole")
    final void load_whenOthersSave_isAsOneOfThemSavedIt() {
        StateStore shared = saved(uniform(0));
        List<Future<Boolean>> savers = new ArrayList<>();
        for (int i = 1; i <= SAVERS; i++) {
            StoredState state = uniform(i);
            StateStore store = i == 1 ? shared : open();
            savers.add(Await.start(() -> saveOften(store, state)));
        }
        StateStore reader = open();
        while (savers.stream().anyMatch(saver -> !saver.isDone())) {
            assertUniform(load(reader));
            assertUniform(load(shared));
        }

        savers.forEach(
                saver -> assertThat(Await.result(place().patience(), saver)).isTrue());
        assertUniform(loadAnew());
        save(shared, uniform(0));
        assertUniform(loadAnew());
    }

    private boolean saveOften(StateStore store, StoredState state) {
        for (int i = 0; i < SAVES; i++) {
            save(store, state);
        }
        return true;
    }

    /** A state whose values, and whose number of entries, tell of each other. */
    private static StoredState uniform(int number) {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i <= number; i++) {
            entries.put("k" + i, Integer.toString(number));
        }
        return new StoredState(entries);
    }

    private static void assertUniform(Map<String, String> entries) {
        assertThat(entries).isNotEmpty().isEqualTo(uniform(entries.size() - 1).entries());
    }

    @Test
    @DisplayName("ST-07 A save that fails says what to do, and leaves what was saved before")
    final void save_whenItFails_leavesTheFormer() {
        needs(StateStoreCapability.FAILING_SAVES);
        StateStore store = saved(SOME);
        place().failSaves(true);

        BackendException failure = Failures.of(() -> save(store, OTHER));

        assertThat(failure.remedy()).as("the remedy").isNotBlank();
        assertThat(failure.outcomeUnknown()).as("that the outcome is unknown").isFalse();
        assertThat(load(store)).isEqualTo(SOME.entries());
        assertThat(loadAnew()).isEqualTo(SOME.entries());
    }

    @Test
    @DisplayName("ST-08 After a save has failed, another one can succeed")
    final void save_whenOneFailedBefore_succeeds() {
        needs(StateStoreCapability.FAILING_SAVES);
        StateStore store = saved(SOME);
        place().failSaves(true);
        Failures.of(() -> save(store, OTHER));

        place().failSaves(false);
        save(store, OTHER);

        assertThat(loadAnew()).isEqualTo(OTHER.entries());
    }

    @Test
    @DisplayName("ST-09 A place that cannot be read is a failure with the remedy")
    final void load_whenUnreadable_failsWithTheRemedy() {
        needs(StateStoreCapability.UNREADABLE);
        StateStore store = saved(SOME);

        place().breakPlace();

        assertThat(Failures.of(() -> look(store)).remedy()).as("the remedy").isNotBlank();
    }

    @Test
    @DisplayName("ST-10 A load from a place that does not answer fails in time")
    final void load_whenThePlaceHangs_failsInTime() {
        needs(StateStoreCapability.HANG);
        StateStore store = saved(SOME);
        place().hang(true);

        Future<LoadedState> call = Await.start(() -> store.load(place().shortTimeout()));

        Failures.of(BackendException.TIMEOUT, () -> Await.result(inTime(), call));
    }

    @Test
    @DisplayName("ST-11 A save to a place that does not answer fails in time, with an unknown outcome")
    final void save_whenThePlaceHangs_failsInTime() {
        needs(StateStoreCapability.HANG);
        StateStore store = saved(SOME);
        place().hang(true);

        Future<Boolean> call = Await.start(() -> {
            store.save(OTHER, place().shortTimeout());
            return true;
        });

        BackendException failure = Failures.of(BackendException.TIMEOUT, () -> Await.result(inTime(), call));
        assertThat(failure.outcomeUnknown()).as("that the outcome is unknown").isTrue();
    }

    private Duration inTime() {
        return place().shortTimeout().plus(place().grace());
    }

    @Test
    @DisplayName("ST-12 A place that answers again can be used again, and the last save holds")
    final void save_whenThePlaceHungBefore_succeeds() {
        needs(StateStoreCapability.HANG);
        StateStore store = saved(SOME);
        place().hang(true);
        Failures.of(BackendException.TIMEOUT, () -> store.save(SOME, place().shortTimeout()));

        place().hang(false);
        save(store, OTHER);

        assertThat(load(store)).isEqualTo(OTHER.entries());
        assertThat(loadAnew()).isEqualTo(OTHER.entries());
    }
}
