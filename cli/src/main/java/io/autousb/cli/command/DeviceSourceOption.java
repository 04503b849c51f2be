package io.autousb.cli.command;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which device source to use. */
final class DeviceSourceOption {

    @Option(
            names = "--device-source",
            paramLabel = "NAME",
            description = "Where to learn of devices; by default the best that works here (see: backends).")
    private @Nullable String name;

    Optional<String> name() {
        return Optional.ofNullable(name);
    }
}
