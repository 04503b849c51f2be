package io.autousb.cli.command;

import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.listing.Json;
import io.autousb.cli.listing.TopologyJson;
import io.autousb.cli.listing.TopologyTree;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.DeviceSource;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderKind;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what is plugged in. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Show controllers, hubs and devices, with the places that -u and the ids that -x take.",
        footer = {"", "Example: auto-usb-attach list --json | jq '.devices[] | select(.ready) | .path'"})
public final class ListCommand implements Callable<Integer> {

    private final ProviderCatalogue catalogue;
    private final Console console;

    @Mixin
    private final TalkOptions talk = new TalkOptions();

    @Mixin
    private final DeviceSourceOption deviceSource = new DeviceSourceOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /**
     * Makes the command.
     *
     * @param catalogue where device sources come from
     * @param console where to speak
     */
    public ListCommand(ProviderCatalogue catalogue, Console console) {
        this.catalogue = catalogue;
        this.console = console;
    }

    @Override
    public Integer call() {
        talk.apply(console);
        HostTopology topology = snapshot();
        if (json) {
            Json.write(TopologyJson.of(topology)).lines().forEach(console::data);
        } else {
            TopologyTree.of(topology).forEach(console::data);
            if (topology.controllers().isEmpty()) {
                console.say("this host has no USB controller");
            }
        }
        return ExitCode.OK;
    }

    private HostTopology snapshot() {
        var choice =
                catalogue.choose(ProviderKind.DEVICE_SOURCE, deviceSource.name().orElse(null));
        try (DeviceSource source = catalogue.createDeviceSource(choice, Map.of())) {
            source.subscribe(() -> {});
            return source.snapshot(Timings.DEFAULT.snapshot());
        }
    }
}
