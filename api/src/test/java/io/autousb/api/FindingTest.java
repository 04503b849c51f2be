package io.autousb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FindingTest {

    @Test
    void finding_inOneLine_saysWhatWhereAndTheRemedy() {
        assertThat(Finding.ok("it works", "")).hasToString("it works");
        assertThat(Finding.warning("it is slow", "/dev/x", "use another"))
                .hasToString("it is slow (/dev/x): use another");
        assertThat(Finding.problem("it is gone", "", "get one")).hasToString("it is gone: get one");
    }

    @Test
    void finding_ofSomethingWrongWithoutRemedy_isRefused() {
        assertThatThrownBy(() -> Finding.problem("it is gone", "", " ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Finding.warning("it is slow", "", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Finding.ok("", "")).isInstanceOf(IllegalArgumentException.class);
    }
}
