package io.autousb.backend.udev;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Provider;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.linux.SysfsProviderFixture;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UdevDeviceSourceProviderContractTest extends ProviderContract {

    @Override
    protected ProviderFixture createFixture() {
        return new SysfsProviderFixture() {
            @Override
            public Provider provider() {
                return new UdevDeviceSourceProvider();
            }
        };
    }

    @Test
    void probe_whenNetlinkIsRefused_saysWhyAndWhatToDo() throws IOException {
        UdevDeviceSourceProvider provider = new UdevDeviceSourceProvider(() -> {
            throw new IOException("Address family not supported by protocol");
        });
        try (ProviderFixture fixture = createFixture()) {
            assertThat(provider.probe(fixture.available())).satisfies(no -> {
                assertThat(no.reason()).contains("Address family not supported");
                assertThat(no.remedy()).contains("AF_NETLINK");
            });
        }
    }

    @Test
    void probe_whenJnaCannotLoad_saysWhyAndWhatToDo() throws IOException {
        UdevDeviceSourceProvider provider = new UdevDeviceSourceProvider(() -> {
            throw new UnsatisfiedLinkError("failed to map segment from shared object");
        });
        try (ProviderFixture fixture = createFixture()) {
            assertThat(provider.probe(fixture.available()))
                    .satisfies(no -> assertThat(no.remedy()).contains("jna.tmpdir"));
        }
    }
}
