package io.autousb.backend.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void of_whatXenstoresClientSays_saysAllOfIt() {
        BackendException cause = BackendException.of(BackendException.NO_PERMISSION, "refused")
                .where("here")
                .remedy("do that")
                .retry(Retry.NEVER)
                .build();

        BackendException told = Failures.of("cannot", cause, false);

        assertThat(told.is(BackendException.NO_PERMISSION)).isTrue();
        assertThat(told.what()).isEqualTo("cannot: refused");
        assertThat(told.where()).isEqualTo("here");
        assertThat(told.remedy()).isEqualTo("do that");
        assertThat(told.retry()).isEqualTo(Retry.NEVER);
        assertThat(told).hasCause(cause);
        assertThat(told.outcomeUnknown()).isFalse();
    }
}
