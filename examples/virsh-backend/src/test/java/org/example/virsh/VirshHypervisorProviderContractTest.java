package org.example.virsh;

import io.autousb.api.CommandRunner;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.io.TempDir;

class VirshHypervisorProviderContractTest extends ProviderContract {

    @TempDir
    private Path root;

    @Override
    protected ProviderFixture createFixture() throws IOException {
        Path program = Files.createDirectories(root.resolve("usr/bin")).resolve("virsh");
        Files.createFile(program, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.createFile(Files.createDirectories(root.resolve("run/libvirt")).resolve("libvirt-sock"));
        TestContext context = new TestContext(root, CommandRunner.none("no program is run here"));
        return new ProviderFixture() {
            @Override
            public Provider provider() {
                return new VirshHypervisorProvider();
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
