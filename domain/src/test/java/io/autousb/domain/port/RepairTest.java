package io.autousb.domain.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.RepairNotice.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepairTest {

    private static final BackendException REFUSAL =
            BackendException.of(BackendException.REFUSED, "no").build();

    @ParameterizedTest
    @CsvSource({"REPAIRED,repaired", "AWAITED,left alone for now", "REPORTED,'not repaired, as asked'"})
    void notice_saysWhereWhatAndWhatWasDone(Outcome outcome, String done) {
        assertThat(RepairNotice.of("guest alpha", "a dead port", outcome))
                .hasToString("guest alpha: a dead port: " + done);
    }

    @Test
    void notice_ofAFailure_saysWhy() {
        assertThat(RepairNotice.failed("guest alpha", "a dead port", REFUSAL))
                .hasToString("guest alpha: a dead port: could not be repaired: no");
    }

    @Test
    void notice_withoutAWord_isRefused() {
        assertThatThrownBy(() -> RepairNotice.of(" ", "a dead port", Outcome.REPAIRED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RepairNotice.of("guest alpha", "", Outcome.REPAIRED))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void notice_whoseFailureAndOutcomeDisagree_isRefused() {
        assertThatThrownBy(() -> RepairNotice.of("guest alpha", "a dead port", Outcome.FAILED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RepairNotice("guest alpha", "a dead port", Outcome.REPAIRED, Optional.of(REFUSAL)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void result_thatWantsAnotherLookAtOnce_isRefused(long seconds) {
        assertThatThrownBy(() -> new RepairResult(List.of(), Optional.of(Duration.ofSeconds(seconds))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
