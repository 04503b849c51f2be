package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.DeviceSource;
import org.jspecify.annotations.Nullable;

/**
 * Provides the device source {@code sim}. It is available only where someone has given it a world: the
 * demo, a test or another program. On a real host, where {@link java.util.ServiceLoader} makes it, it is
 * never chosen.
 */
public final class SimDeviceSourceProvider implements DeviceSourceProvider {

    private final @Nullable SimWorld world;

    /** Makes a provider without a world, which is not available. */
    public SimDeviceSourceProvider() {
        this.world = null;
    }

    /**
     * Makes a provider for a world.
     *
     * @param world what its device sources look at
     */
    public SimDeviceSourceProvider(SimWorld world) {
        this.world = world;
    }

    @Override
    public String name() {
        return SimProviders.NAME;
    }

    @Override
    public String description() {
        return "a host in memory, for demonstrations and tests";
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
    public DeviceSource create(OptionValues options, ProviderContext context) {
        return new SimDeviceSource(SimProviders.require(world).host());
    }
}
