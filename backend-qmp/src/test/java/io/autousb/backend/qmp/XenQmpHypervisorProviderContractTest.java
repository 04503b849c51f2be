package io.autousb.backend.qmp;

import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class XenQmpHypervisorProviderContractTest extends ProviderContract {

    @TempDir
    private Path root;

    @Override
    protected ProviderFixture createFixture() throws IOException {
        Path socket = root.resolve("var/run/xenstored/socket");
        Files.createDirectories(socket.getParent());
        Files.createFile(socket);
        TestContext context = new TestContext(root);
        return new ProviderFixture() {
            @Override
            public Provider provider() {
                return new XenQmpHypervisorProvider();
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
}
