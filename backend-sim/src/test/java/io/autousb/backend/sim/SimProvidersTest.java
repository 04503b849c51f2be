package io.autousb.backend.sim;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.autousb.api.OptionValues;
import io.autousb.contract.TestContext;
import io.autousb.domain.port.BackendException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimProvidersTest {

    private static final OptionValues NO_OPTIONS = OptionValues.of(List.of(), Map.of());

    @Test
    void create_withoutWorld_fails() {
        try (TestContext context = new TestContext(Path.of("/"))) {
            assertThatExceptionOfType(BackendException.class)
                    .isThrownBy(() -> new SimDeviceSourceProvider().create(NO_OPTIONS, context.context()))
                    .returns(BackendException.UNSUPPORTED, BackendException::code);
            assertThatExceptionOfType(BackendException.class)
                    .isThrownBy(() -> new SimHypervisorProvider().create(NO_OPTIONS, context.context()))
                    .returns(BackendException.UNSUPPORTED, BackendException::code);
            assertThatExceptionOfType(BackendException.class)
                    .isThrownBy(() -> new SimStateStoreProvider().create(NO_OPTIONS, context.context()))
                    .returns(BackendException.UNSUPPORTED, BackendException::code);
        }
    }
}
