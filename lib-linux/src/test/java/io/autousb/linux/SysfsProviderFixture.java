package io.autousb.linux;

import io.autousb.api.CommandRunner;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A host with USB for providers of adapters that read sysfs. */
public abstract class SysfsProviderFixture implements ProviderFixture {

    private final Path root;

    /** A host with a root hub. */
    protected SysfsProviderFixture() {
        try {
            root = Files.createTempDirectory("sysfs");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new FakeSysfs(root).rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
    }

    @Override
    public final ProviderContext available() {
        return new ProviderContext(System::nanoTime, (delay, task) -> () -> {}, root, CommandRunner.none("test"));
    }

    @Override
    public final void close() throws IOException {
        FakeSysfs.deleteTree(root);
    }
}
