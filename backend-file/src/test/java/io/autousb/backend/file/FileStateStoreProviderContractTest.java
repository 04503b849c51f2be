package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.api.Availability;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStateStoreProviderContractTest extends ProviderContract {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final StoredState SOME = new StoredState(Map.of("k", "v"));

    private final FileStateStoreProvider provider = new FileStateStoreProvider();

    @TempDir
    private Path root;

    @Override
    protected ProviderFixture createFixture() throws IOException {
        Path host = Files.createTempDirectory("state-provider");
        Files.createDirectories(host.resolve("var/lib"));
        TestContext context = new TestContext(host);
        return new ProviderFixture() {
            @Override
            public Provider provider() {
                return new FileStateStoreProvider();
            }

            @Override
            public ProviderContext available() {
                return context.context();
            }

            @Override
            public void close() throws IOException {
                context.close();
                FileStateStoreFixture.deleteTree(host);
            }
        };
    }

    @Test
    void probe_whenSomethingElseHasThePlaceOfTheFolder_saysSo() throws IOException {
        Files.writeString(Files.createDirectories(root.resolve("var/lib")).resolve("auto-usb-attach"), "");
        assertThat(probe()).extracting(Availability::isAvailable).isEqualTo(false);
    }

    @Test
    void probe_whenTheFolderIsThere_isAvailable() throws IOException {
        Files.createDirectories(root.resolve("var/lib/auto-usb-attach"));
        assertThat(probe()).isEqualTo(Availability.AVAILABLE);
    }

    private Availability probe() {
        try (TestContext context = new TestContext(root)) {
            return provider.probe(context.context());
        }
    }

    @Test
    void create_withoutOptions_keepsTheStateInVarLib() throws IOException {
        Files.createDirectories(root.resolve("var/lib"));
        try (StateStore store = create(Map.of())) {
            store.save(SOME, LONG);
        }
        assertThat(root.resolve("var/lib/auto-usb-attach/state")).isRegularFile();
    }

    @Test
    void create_withAPath_keepsTheStateThere() throws IOException {
        Files.createDirectories(root.resolve("srv"));
        try (StateStore store = create(Map.of("path", "/srv/usb/mine"))) {
            store.save(SOME, LONG);
        }
        assertThat(root.resolve("srv/usb/mine")).isRegularFile();
    }

    @Test
    void create_withThePathOfNoFile_isRefused() {
        assertThatThrownBy(() -> create(Map.of("path", "/")))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("option path");
    }

    private StateStore create(Map<String, String> options) {
        try (TestContext context = new TestContext(root)) {
            return provider.create(OptionValues.of(provider.options(), options), context.context());
        }
    }
}
