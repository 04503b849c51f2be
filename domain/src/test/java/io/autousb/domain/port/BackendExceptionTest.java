package io.autousb.domain.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException.Retry;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BackendExceptionTest {

    @Test
    void message_saysWhatWhereAndTheRemedy() {
        BackendException e = BackendException.of(BackendException.NO_PERMISSION, "cannot open the monitor")
                .where("/run/a.sock")
                .remedy("run it as root")
                .build();
        assertThat(e).hasMessage("cannot open the monitor (/run/a.sock): run it as root");
        assertThat(e.what()).isEqualTo("cannot open the monitor");
        assertThat(e.where()).isEqualTo("/run/a.sock");
        assertThat(e.remedy()).isEqualTo("run it as root");
    }

    @Test
    void message_leavesOutWhatIsNotSaid() {
        assertThat(BackendException.of("io", "it broke").build()).hasMessage("it broke");
        assertThat(BackendException.of("io", "it broke").remedy("mend it").build())
                .hasMessage("it broke: mend it");
        assertThat(BackendException.of("io", "it broke").where("here").build()).hasMessage("it broke (here)");
    }

    @Test
    void of_withoutMore_isTriedAgainLaterWithAKnownOutcome() {
        BackendException e = BackendException.of("io", "it broke").build();
        assertThat(e.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(e.is(BackendException.IO)).isTrue();
        assertThat(e.is(BackendException.BUSY)).isFalse();
    }

    @Test
    void build_keepsRetryOutcomeAndCause() {
        IOException cause = new IOException("reset");
        BackendException e = BackendException.of("my-own-code", "it broke")
                .retry(Retry.ON_CHANGE)
                .outcomeUnknown()
                .cause(cause)
                .build();
        assertThat(e.code()).isEqualTo("my-own-code");
        assertThat(e.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e).hasCause(cause);
    }

    @Test
    void again_isTheSameForAnotherCall_whoseOutcomeIsItsOwn() {
        BackendException first = BackendException.of("my-own-code", "it broke")
                .where("here")
                .remedy("mend it")
                .retry(Retry.ON_CHANGE)
                .outcomeUnknown()
                .build();
        BackendException second = first.again().build();
        assertThat(second).isNotSameAs(first).hasMessage(first.getMessage()).hasCause(first);
        assertThat(second.code()).isEqualTo("my-own-code");
        assertThat(second.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(second.outcomeUnknown()).isFalse();
    }

    @Test
    void of_withACodeThatIsNone_isRefused() {
        assertThatThrownBy(() -> BackendException.of("Not A Code", "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
