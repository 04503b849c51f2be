package io.autousb.backend.qmp;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Entry point of the hypervisor {@code qmp}. */
public final class QmpHypervisorProvider implements HypervisorProvider {

    private static final Option GREETING_TIMEOUT = new Option(
            "greeting-timeout",
            Option.Type.DURATION,
            Optional.of("2s"),
            "how long a monitor may be silent before it counts as held by another client");

    private static final Option SOCKET = new Option(
            GuestSettings.SOCKET,
            Option.Type.PATH,
            Optional.empty(),
            "the guest's QMP socket; found by the guest's name among the running QEMUs if not given");

    /** Does nothing: ServiceLoader calls it. */
    public QmpHypervisorProvider() {}

    @Override
    public String name() {
        return "qmp";
    }

    @Override
    public String description() {
        return "QEMU and KVM guests through their QMP monitors";
    }

    @Override
    public List<Option> options() {
        return List.of(GREETING_TIMEOUT);
    }

    @Override
    public List<Option> guestOptions() {
        return List.of(SOCKET);
    }

    /** Available without any QEMU too: a guest may be started at any time. */
    @Override
    public Availability probe(ProviderContext context) {
        return Files.isDirectory(context.root().resolve("proc"))
                ? Availability.AVAILABLE
                : Availability.unavailable("there is no /proc to find QEMU in", "run it on Linux, with /proc mounted");
    }

    @Override
    public int priority() {
        return 50;
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        Duration greeting = options.duration(GREETING_TIMEOUT.name()).orElse(Duration.ofSeconds(2));
        return new QmpHypervisor(context.root(), greeting);
    }
}
