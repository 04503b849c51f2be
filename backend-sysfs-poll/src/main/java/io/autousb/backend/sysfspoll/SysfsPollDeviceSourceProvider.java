package io.autousb.backend.sysfspoll;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.SysfsProbe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Provides the device source {@code sysfs-poll}. */
public final class SysfsPollDeviceSourceProvider implements DeviceSourceProvider {

    private static final String INTERVAL = "interval";
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final List<Option> OPTIONS = List.of(new Option(
            INTERVAL, Option.Type.DURATION, Optional.of("500ms"), "how long to wait between two looks, at least 10ms"));
    private static final int PRIORITY = 10;

    /** For {@link java.util.ServiceLoader}. */
    public SysfsPollDeviceSourceProvider() {}

    @Override
    public String name() {
        return "sysfs-poll";
    }

    @Override
    public String description() {
        return "sysfs, looked at again and again, for containers and hosts without udev";
    }

    @Override
    public List<Option> options() {
        return OPTIONS;
    }

    @Override
    public Availability probe(ProviderContext context) {
        return SysfsProbe.probe(context);
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public DeviceSource create(OptionValues options, ProviderContext context) {
        Duration interval = options.duration(INTERVAL).orElseThrow();
        if (interval.compareTo(SHORTEST) < 0) {
            throw BackendException.of(BackendException.INVALID, INTERVAL + " is shorter than 10ms")
                    .where(name())
                    .remedy("write 500ms or leave it out")
                    .build();
        }
        return new SysfsPollDeviceSource(context.root(), interval);
    }
}
