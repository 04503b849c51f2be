package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Availability;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibxlCliHypervisorProviderContractTest extends ProviderContract {

    @TempDir
    private Path root;

    @Override
    protected ProviderFixture createFixture() throws IOException {
        Files.createFile(
                Files.createDirectories(root.resolve("var/run/xenstored")).resolve("socket"));
        Path program = Files.createFile(
                Files.createDirectories(root.resolve("usr/sbin")).resolve("xl"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        TestContext context = new TestContext(root);
        return new ProviderFixture() {
            @Override
            public Provider provider() {
                return new LibxlCliHypervisorProvider();
            }

            @Override
            public ProviderContext available() {
                return context.context();
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }

    @Test
    void probe_withoutXl_saysWhatToInstall() throws IOException {
        Files.delete(root.resolve("usr/sbin/xl"));
        Availability found;
        try (TestContext context = new TestContext(root)) {
            found = new LibxlCliHypervisorProvider().probe(context.context());
        }

        assertThat(found).satisfies(why -> {
            assertThat(why.reason()).contains("xl");
            assertThat(why.remedy()).contains("xen-utils");
        });
    }
}
