package io.autousb.cli;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.backend.sim.SimHypervisorProvider;
import io.autousb.backend.sim.SimWorld;
import io.autousb.domain.port.Hypervisor;

/** Another hypervisor that shares its guests with {@code sim}, and ranks below it. */
final class SecondSimProvider implements HypervisorProvider {

    private final SimWorld world;

    SecondSimProvider(SimWorld world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "sim-two";
    }

    @Override
    public String platform() {
        return "sim";
    }

    @Override
    public String description() {
        return "more guests in memory";
    }

    @Override
    public Availability probe(ProviderContext context) {
        return Availability.AVAILABLE;
    }

    @Override
    public int priority() {
        return -1;
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        return new SimHypervisorProvider(world).create(options, context);
    }
}
