package io.autousb.backend.sysfspoll;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.SysfsProviderFixture;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SysfsPollDeviceSourceProviderContractTest extends ProviderContract {

    @Override
    protected ProviderFixture createFixture() {
        return new SysfsProviderFixture() {
            @Override
            public Provider provider() {
                return new SysfsPollDeviceSourceProvider();
            }
        };
    }

    @Test
    void create_whenTheIntervalIsTooShort_saysSo() throws IOException {
        SysfsPollDeviceSourceProvider provider = new SysfsPollDeviceSourceProvider();
        OptionValues options = OptionValues.of(provider.options(), Map.of("interval", "0ms"));
        try (ProviderFixture fixture = createFixture()) {
            assertThatThrownBy(() -> provider.create(options, fixture.available()))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("10ms");
        }
    }
}
