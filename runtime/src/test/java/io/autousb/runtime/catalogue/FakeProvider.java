package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A provider that answers as a test says. */
class FakeProvider implements DeviceSourceProvider {

    private final String name;
    private final int priority;
    private final Supplier<Availability> probe;
    int probes;

    FakeProvider(String name, int priority, Supplier<Availability> probe) {
        this.name = name;
        this.priority = priority;
        this.probe = probe;
    }

    static FakeProvider available(String name, int priority) {
        return new FakeProvider(name, priority, () -> Availability.AVAILABLE);
    }

    static FakeProvider unavailable(String name, int priority) {
        return new FakeProvider(
                name, priority, () -> Availability.unavailable("no " + name + " here", "install " + name));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "the fake " + name;
    }

    @Override
    public List<Option> options() {
        return List.of(new Option("interval", Option.Type.DURATION, Optional.of("500ms"), "how often"));
    }

    @Override
    public Availability probe(ProviderContext context) {
        probes++;
        return probe.get();
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public DeviceSource create(OptionValues options, ProviderContext context) {
        options.duration("interval").orElseThrow();
        return new DeviceSource() {
            @Override
            public void subscribe(Runnable listener) {}

            @Override
            public HostTopology snapshot(Duration timeout) {
                return HostTopology.EMPTY;
            }

            @Override
            public void close() {}
        };
    }
}
