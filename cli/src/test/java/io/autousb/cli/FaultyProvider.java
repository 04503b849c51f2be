package io.autousb.cli;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.DeviceSource;

/** A provider that says it can and then cannot. */
final class FaultyProvider implements DeviceSourceProvider {

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public String description() {
        return "throws";
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
    public DeviceSource create(OptionValues options, ProviderContext context) {
        throw new IllegalStateException("by design");
    }
}
