package io.autousb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.api.Option.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionValuesTest {

    private static final List<Option> DECLARED = List.of(
            option("text", Type.TEXT, null),
            option("number", Type.INTEGER, "7"),
            option("flag", Type.BOOLEAN, "false"),
            option("interval", Type.DURATION, "500ms"),
            option("socket", Type.PATH, null));

    @Test
    void of_nothing_givesTheDefaults() {
        OptionValues values = OptionValues.of(DECLARED, Map.of());
        assertThat(values.text("text")).isEmpty();
        assertThat(values.integer("number")).contains(7L);
        assertThat(values.bool("flag")).contains(false);
        assertThat(values.duration("interval")).contains(Duration.ofMillis(500));
        assertThat(values.path("socket")).isEmpty();
    }

    @Test
    void of_whatTheUserWrote_winsOverTheDefaults() {
        OptionValues values = OptionValues.of(
                DECLARED,
                Map.of("text", "a b", "number", "-3", "flag", "true", "interval", "2s", "socket", "/run/a.sock"));
        assertThat(values.text("text")).contains("a b");
        assertThat(values.integer("number")).contains(-3L);
        assertThat(values.bool("flag")).contains(true);
        assertThat(values.duration("interval")).contains(Duration.ofSeconds(2));
        assertThat(values.path("socket")).contains(Path.of("/run/a.sock"));
    }

    @ParameterizedTest
    @CsvSource({
        "number, x, a whole number",
        "number, 1.5, a whole number",
        "number, 99999999999999999999, a whole number",
        "flag, yes, true or false",
        "flag, TRUE, true or false",
        "interval, 500, 'a number with a unit, such as 500ms, 2s or 5m'",
        "interval, -1s, 'a number with a unit, such as 500ms, 2s or 5m'",
        "interval, 1h, 'a number with a unit, such as 500ms, 2s or 5m'",
        "interval, 9999999999s, 'a number with a unit, such as 500ms, 2s or 5m'",
        "socket, run/a.sock, an absolute path"
    })
    void of_whatDoesNotLookRight_saysWhichOptionAndWhatItShouldBe(String name, String value, String expected) {
        assertThatThrownBy(() -> OptionValues.of(DECLARED, Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option " + name + ": '" + value + "' is not " + expected);
    }

    @Test
    void of_aPathThatIsNone_saysSoWithoutControlCharacters() {
        assertThatThrownBy(() -> OptionValues.of(DECLARED, Map.of("socket", "/a\0b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option socket: '/a\\x00b' is not a path");
    }

    @Test
    void of_anUndeclaredName_isRefused() {
        assertThatThrownBy(() -> OptionValues.of(DECLARED, Map.of("intervall", "1s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no option 'intervall'");
    }

    @Test
    void get_ofAnUndeclaredName_isAMistakeOfTheAdapter() {
        OptionValues values = OptionValues.of(DECLARED, Map.of());
        assertThatThrownBy(() -> values.text("other")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0ms, 0", "1ms, 1", "2s, 2000", "5m, 300000"})
    void duration_readsAllUnits(String text, long millis) {
        assertThat(OptionValues.of(DECLARED, Map.of("interval", text)).duration("interval"))
                .contains(Duration.ofMillis(millis));
    }

    @Test
    void option_withABadNameOrDefault_isRefused() {
        assertThatThrownBy(() -> option("Bad Name", Type.TEXT, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> option("number", Type.INTEGER, "many")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Option option(String name, Type type, @Nullable String defaultValue) {
        return new Option(name, type, Optional.ofNullable(defaultValue), "for a test");
    }
}
