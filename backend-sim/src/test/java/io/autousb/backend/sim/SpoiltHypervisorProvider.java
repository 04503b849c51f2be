package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import java.util.List;

/** A provider that does all as another one does it. Named in the tests' {@code META-INF/services}. */
public class SpoiltHypervisorProvider implements HypervisorProvider {

    private final HypervisorProvider real;

    /** As the service loader makes it: not spoilt. */
    public SpoiltHypervisorProvider() {
        this(new SimHypervisorProvider());
    }

    SpoiltHypervisorProvider(HypervisorProvider real) {
        this.real = real;
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public String description() {
        return real.description();
    }

    @Override
    public List<Option> options() {
        return real.options();
    }

    @Override
    public List<Option> guestOptions() {
        return real.guestOptions();
    }

    @Override
    public Availability probe(ProviderContext context) {
        return real.probe(context);
    }

    @Override
    public int priority() {
        return real.priority();
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        return real.create(options, context);
    }
}
