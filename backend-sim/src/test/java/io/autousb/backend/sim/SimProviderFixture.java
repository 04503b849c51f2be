package io.autousb.backend.sim;

import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderFixture;
import io.autousb.contract.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A provider with a world, and one without. */
final class SimProviderFixture implements ProviderFixture {

    private final SimWorld world = SimWorld.create();
    private final Path root;
    private final TestContext context;
    private final Function<SimWorld, Provider> withWorld;
    private final Supplier<Provider> without;

    SimProviderFixture(Function<SimWorld, Provider> withWorld, Supplier<Provider> without) throws IOException {
        this.withWorld = withWorld;
        this.without = without;
        this.root = Files.createTempDirectory("sim-provider");
        this.context = new TestContext(root);
    }

    @Override
    public Provider provider() {
        return withWorld.apply(world);
    }

    @Override
    public Provider unavailableProvider() {
        return without.get();
    }

    @Override
    public ProviderContext available() {
        return context.context();
    }

    @Override
    public Duration grace() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void close() throws IOException {
        context.close();
        try (Stream<Path> left = Files.walk(root)) {
            for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
