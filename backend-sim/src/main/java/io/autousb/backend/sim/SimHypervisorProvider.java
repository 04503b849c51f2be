package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import org.jspecify.annotations.Nullable;

/**
 * Provides the hypervisor {@code sim}. It is available only where someone has given it a world, as {@link
 * SimDeviceSourceProvider} is.
 */
public final class SimHypervisorProvider implements HypervisorProvider {

    private final @Nullable SimWorld world;

    /** Makes a provider without a world, which is not available. */
    public SimHypervisorProvider() {
        this.world = null;
    }

    /**
     * Makes a provider for a world.
     *
     * @param world whose guests its hypervisors drive
     */
    public SimHypervisorProvider(SimWorld world) {
        this.world = world;
    }

    @Override
    public String name() {
        return SimProviders.NAME;
    }

    @Override
    public String description() {
        return "guests in memory, for demonstrations and tests";
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
    public Hypervisor create(OptionValues options, ProviderContext context) {
        return new SimHypervisor(SimProviders.require(world).guests(), context.scheduler());
    }
}
