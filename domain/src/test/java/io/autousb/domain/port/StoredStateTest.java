package io.autousb.domain.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredStateTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "override.usb3", "pci-0000:00:14.0-usb-0:1.2", "A_b"})
    void of_aShortAsciiKey_isTaken(String key) {
        assertThat(new StoredState(Map.of(key, "x")).entries()).containsOnlyKeys(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "-a", "a/b", "a b", "a\n", "ä", "a\0", "@a", "a@"})
    void of_anyOtherKey_isRefused(String key) {
        assertThatThrownBy(() -> new StoredState(Map.of(key, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .matches("[ -~]+");
    }

    @Test
    void of_aKeyOfTheLongestLength_isTakenAndOfOneMoreRefused() {
        assertThat(new StoredState(Map.of("k".repeat(128), "x")).entries()).hasSize(1);
        assertThatThrownBy(() -> new StoredState(Map.of("k".repeat(129), "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_aValueOfTheLongestLength_isTakenAndOfOneMoreRefused() {
        assertThat(new StoredState(Map.of("k", "v".repeat(2048))).entries()).hasSize(1);
        assertThatThrownBy(() -> new StoredState(Map.of("k", "v".repeat(2049))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k is longer than 2048 bytes");
    }

    @Test
    void of_aValueThatIsLongInBytesAlone_isRefused() {
        assertThat(new StoredState(Map.of("k", "\u20ac".repeat(682))).entries()).hasSize(1);
        assertThatThrownBy(() -> new StoredState(Map.of("k", "\u20ac".repeat(683))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_aValueThatIsNoText_isRefused() {
        assertThat(new StoredState(Map.of("k", "\ud83d\ude00\0\n")).entries()).hasSize(1);
        assertThatThrownBy(() -> new StoredState(Map.of("k", "\ud83d")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no Unicode text");
    }

    @Test
    void of_theLargestNumberOfEntries_isTakenAndOfOneMoreRefused() {
        assertThat(new StoredState(entries(512)).entries()).hasSize(512);
        assertThatThrownBy(() -> new StoredState(entries(513)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("513");
    }

    @Test
    void entries_whenTheMapChanges_stayTheSame() {
        Map<String, String> entries = new HashMap<>(Map.of("k", "v"));
        StoredState state = new StoredState(entries);
        entries.put("k", "w");
        assertThat(state.entries()).containsExactly(Map.entry("k", "v"));
    }

    @Test
    void toString_ofAState_tellsNoValues() {
        assertThat(new StoredState(Map.of("k", "\u001b[2J"))).hasToString("1 entry");
        assertThat(StoredState.EMPTY).hasToString("0 entries");
    }

    @Test
    void loaded_withoutWhatWasSaved_isEmpty() {
        BackendException unusable =
                BackendException.of(BackendException.TORN, "it is torn").build();
        assertThat(LoadedState.without(unusable).state()).isEqualTo(StoredState.EMPTY);
        assertThat(LoadedState.without(unusable).unusable()).contains(unusable);
    }

    private static Map<String, String> entries(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
    }
}
