package io.autousb.cli.command;

import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.listing.BackendsReport;
import io.autousb.cli.listing.Json;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows which backends there are. */
@Command(
        name = "backends",
        mixinStandardHelpOptions = true,
        description =
                "Show each device source, hypervisor and state store: whether it works here, and what to do if not.")
public final class BackendsCommand implements Callable<Integer> {

    private final ProviderCatalogue catalogue;
    private final Console console;

    @Mixin
    private final TalkOptions talk = new TalkOptions();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /**
     * Makes the command.
     *
     * @param catalogue where backends come from
     * @param console where to speak
     */
    public BackendsCommand(ProviderCatalogue catalogue, Console console) {
        this.catalogue = catalogue;
        this.console = console;
    }

    @Override
    public Integer call() {
        talk.apply(console);
        BackendsReport report = BackendsReport.of(catalogue);
        (json ? Json.write(report).lines() : report.lines().stream()).forEach(console::data);
        return ExitCode.OK;
    }
}
