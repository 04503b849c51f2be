package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XenstorePathTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/local/domain/3/name", "/Az09-_@/x", "/-"})
    void of_whenTextIsAPath_takesIt(String text) {
        assertThat(XenstorePath.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a/b",
                "//",
                "/a/",
                "/a//b",
                "/a b",
                "/a.b",
                "/a:b",
                "/a\0",
                "/\u00e4",
                "/a\n",
                "@releaseDomain"
            })
    void of_whenTextIsNone_fails(String text) {
        assertThatThrownBy(() -> XenstorePath.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_whenTextIsHostile_failsWithAPrintableMessage() {
        assertThatThrownBy(() -> XenstorePath.of("/\u001b[31m\n")).message().matches("[ -~]+");
    }

    @Test
    void of_whenAsLongAsItMayBe_takesIt() {
        String longest = "/a".repeat(1535) + "b";
        assertThat(XenstorePath.of(longest).text()).hasSize(XenstorePath.MAX_LENGTH);
        assertThatThrownBy(() -> XenstorePath.of(longest + "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3072");
    }

    @Test
    void child_ofRootAndOfOthers_isBelow() {
        assertThat(XenstorePath.ROOT.child("local").child("domain").child(7)).hasToString("/local/domain/7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/b", "..", "3-1.5", "a\0"})
    void child_whenNameIsNone_fails(String name) {
        assertThat(XenstorePath.isName(name)).isFalse();
        assertThatThrownBy(() -> XenstorePath.ROOT.child(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void child_whenNumberIsNegative_fails() {
        assertThatThrownBy(() -> XenstorePath.ROOT.child(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parent_goesUpToTheRootAndStaysThere() {
        assertThat(XenstorePath.of("/a/b").parent()).hasToString("/a");
        assertThat(XenstorePath.of("/a").parent()).isEqualTo(XenstorePath.ROOT);
        assertThat(XenstorePath.ROOT.parent()).isEqualTo(XenstorePath.ROOT);
    }

    @Test
    void name_isTheLastPart() {
        assertThat(XenstorePath.of("/a/bc").name()).isEqualTo("bc");
        assertThat(XenstorePath.ROOT.name()).isEmpty();
    }

    @Test
    void startsWith_goesByWholeNames() {
        XenstorePath one = XenstorePath.of("/local/domain/1");
        assertThat(one.child("name").startsWith(one)).isTrue();
        assertThat(one.startsWith(one)).isTrue();
        assertThat(one.startsWith(XenstorePath.ROOT)).isTrue();
        assertThat(XenstorePath.of("/local/domain/10").startsWith(one)).isFalse();
        assertThat(one.startsWith(one.child("name"))).isFalse();
    }
}
