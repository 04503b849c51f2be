package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.PortPath;
import org.junit.jupiter.api.Test;

class PortHistoryTest {

    private static final PortPath PORT = PortPath.parse("1-1");

    private final PortHistory history = new PortHistory(1000, 2);

    @Test
    void arrived_withinTheLimit_isNotTooMany() {
        assertThat(history.arrived(PORT, 0)).isFalse();
        assertThat(history.arrived(PORT, 10)).isFalse();
    }

    @Test
    void arrived_onceMore_isTooManyUntilTheWindowHasPassed() {
        history.arrived(PORT, 0);
        history.arrived(PORT, 10);
        assertThat(history.arrived(PORT, 20)).isTrue();
        assertThat(history.arrived(PORT, 1015)).isFalse();
    }

    @Test
    void arrived_atAnotherPort_doesNotCount() {
        history.arrived(PORT, 0);
        history.arrived(PORT, 10);
        assertThat(history.arrived(PortPath.parse("1-10"), 20)).isFalse();
    }
}
