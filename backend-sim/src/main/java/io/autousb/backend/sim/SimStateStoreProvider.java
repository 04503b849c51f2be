package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * Provides the state store {@code sim}. It is available only where someone has given it a world, as {@link
 * SimDeviceSourceProvider} is.
 */
public final class SimStateStoreProvider implements StateStoreProvider {

    private final @Nullable SimWorld world;

    /** Makes a provider without a world, which is not available. */
    public SimStateStoreProvider() {
        this.world = null;
    }

    /**
     * Makes a provider for a world.
     *
     * @param world whose state its stores keep
     */
    public SimStateStoreProvider(SimWorld world) {
        this.world = world;
    }

    @Override
    public String name() {
        return SimProviders.NAME;
    }

    @Override
    public String description() {
        return "a state in memory, for demonstrations and tests";
    }

    @Override
    public Availability probe(ProviderContext context) {
        return SimProviders.probe(world);
    }

    @Override
    public int priority() {
        return SimProviders.PRIORITY;
    }

    @Override
    public StateStore create(OptionValues options, ProviderContext context) {
        return new SimStateStore(SimProviders.require(world).state(), context.scheduler());
    }
}
