package io.autousb.backend.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.xenstore.StateFormat.Sound;
import io.autousb.backend.xenstore.StateFormat.Spoilt;
import io.autousb.backend.xenstore.StateFormat.Title;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StoredState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFormatTest {

    @Test
    void lines_ofAState_areReadableAndSorted() {
        StoredState state = new StoredState(Map.of("pause.1", "a = b", "override.usb3", "x\\\n\u20ac"));
        assertThat(StateFormat.lines(state)).containsExactly("override.usb3 x\\u005c\\u000a\\u20ac", "pause.1 a = b");
    }

    @Test
    void lines_ofTheLongestEntry_areNoLongerThanIsSaid() {
        StoredState state = new StoredState(
                Map.of("k".repeat(StoredState.MAX_KEY_LENGTH), "\0".repeat(StoredState.MAX_VALUE_BYTES)));
        assertThat(StateFormat.lines(state))
                .singleElement()
                .satisfies(line -> assertThat(line).hasSize(StateFormat.MAX_LINE));
    }

    @Test
    void title_ofThisVersion_countsTheEntries() {
        assertThat(StateFormat.title(StateFormat.title(List.of("a b", "c d")))).isEqualTo(new Title.Entries(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "root:x:0", "version", "version 0", "version x", " version 1", "version 1234567890"})
    void title_ofAnythingElse_isForeign(String text) {
        assertThat(reason(text)).isEqualTo(BackendException.FOREIGN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version 2", "version 2, x", "version 999999999, 3 entries, checksum 00000000"})
    void title_ofALaterVersion_isNewer(String text) {
        assertThat(reason(text)).isEqualTo(BackendException.NEWER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version 1",
                "version 1, 2 entries",
                "version 1, 513 entries, checksum 00000000",
                "version 1, 99999999999 entries, checksum 00000000",
                "version 1, 2 entries, checksum 0000000",
                "version 1, -1 entries, checksum 00000000",
                "version 1, 2 entries, checksum 00000000 and more"
            })
    void title_ofThisVersionThatCannotBeRight_isTorn(String text) {
        assertThat(reason(text)).isEqualTo(BackendException.TORN);
    }

    private static String reason(String text) {
        return ((Title.None) StateFormat.title(text)).why().code();
    }

    @Test
    void decode_ofOtherLinesThanWereEncoded_isTorn() {
        String title = StateFormat.title(List.of("a b", "c d"));
        assertThat(StateFormat.decode(title, List.of("a b", "c d")))
                .isEqualTo(new Sound(new StoredState(Map.of("a", "b", "c", "d"))));
        assertThat(StateFormat.decode(title, List.of("a b", "c e"))).isInstanceOf(Spoilt.class);
        assertThat(StateFormat.decode(title, List.of("c d", "a b"))).isInstanceOf(Spoilt.class);
        assertThat(StateFormat.decode(title, List.of("a b"))).isInstanceOf(Spoilt.class);
    }

    @Test
    void decode_ofTheSameTextInOtherLines_isTorn() {
        String title = StateFormat.title(List.of("a bc", "d e"));
        assertThat(StateFormat.decode(title, List.of("a b", "cd e"))).isInstanceOf(Spoilt.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a\u00e9 b", "/ b", "a \u001b", "a \\ud83d"})
    void decode_ofALineThatCannotBeRight_isTorn(String line) {
        assertThat(StateFormat.decode(StateFormat.title(List.of(line)), List.of(line)))
                .isEqualTo(new Spoilt(BackendException.TORN, "an entry of the state cannot be right"));
    }

    @Test
    void decode_ofTwoEntriesOfOneKey_isTorn() {
        List<String> lines = List.of("a b", "a c");
        assertThat(StateFormat.decode(StateFormat.title(lines), lines)).isInstanceOf(Spoilt.class);
    }
}
