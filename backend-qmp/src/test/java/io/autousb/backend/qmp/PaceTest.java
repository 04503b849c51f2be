package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void next_whenNothingHasHappenedForAWhile_isSlow() {
        Pace pace = new Pace(Duration.ofSeconds(2));
        long now = System.nanoTime();
        assertThat(pace.next()).isEqualTo(Duration.ofMillis(250));
        assertThat(pace.at(now + Duration.ofSeconds(11).toNanos())).isEqualTo(Duration.ofSeconds(2));
    }
}
