package io.autousb.backend.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Availability;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenstoreStateStoreProviderContractTest extends ProviderContract {

    private final XenstoreStateStoreProvider provider = new XenstoreStateStoreProvider(Map.of());

    @TempDir
    private Path root;

    @Override
    protected ProviderFixture createFixture() throws IOException {
        Path host = Files.createTempDirectory("state-provider");
        FakeXenstored fake = new FakeXenstored(host, Manners.OCAML);
        TestContext context = new TestContext(host);
        return new ProviderFixture() {
            @Override
            public Provider provider() {
                return new XenstoreStateStoreProvider();
            }

            @Override
            public ProviderContext available() {
                return context.context();
            }

            @Override
            public void close() throws IOException {
                context.close();
                fake.close();
                XenstoreStateStoreFixture.deleteTree(host);
            }
        };
    }

    @Test
    void probe_whereThereIsNoXenstored_saysWhereItLookedAndWhatElseThereIs() {
        assertThat(probe(provider)).satisfies(no -> {
            assertThat(no.reason()).contains("xenstored/socket", "dev/xen/xenbus");
            assertThat(no.remedy()).contains("control domain", "state store file");
        });
    }

    @Test
    void probe_whereTheKernelHasTheDevice_isAvailable() throws IOException {
        file("dev/xen/xenbus", "");
        assertThat(probe(provider)).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void probe_inTheControlDomain_isAvailable() throws IOException {
        file("dev/xen/xenbus", "");
        file("proc/xen/capabilities", "control_d\n");
        assertThat(probe(provider)).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void probe_inAGuest_saysSo() throws IOException {
        file("dev/xen/xenbus", "");
        file("proc/xen/capabilities", "");
        assertThat(probe(provider)).satisfies(no -> assertThat(no.reason()).contains("guest"));
    }

    @Test
    void probe_whereTheEnvironmentNamesAnotherPlace_looksThere() throws IOException {
        Path elsewhere = file("elsewhere", "");
        assertThat(probe(new XenstoreStateStoreProvider(Map.of("XENSTORED_PATH", elsewhere.toString()))))
                .isEqualTo(Availability.AVAILABLE);
    }

    private Path file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private Availability probe(XenstoreStateStoreProvider asked) {
        try (TestContext context = new TestContext(root)) {
            return asked.probe(context.context());
        }
    }
}
