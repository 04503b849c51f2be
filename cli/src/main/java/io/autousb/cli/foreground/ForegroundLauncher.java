package io.autousb.cli.foreground;

import io.autousb.api.HypervisorProvider;
import io.autousb.api.ProviderContext;
import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.runtime.Engine;
import io.autousb.runtime.EngineEvent;
import io.autousb.runtime.EngineThreads;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.Candidate;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderException;
import io.autousb.runtime.catalogue.ProviderException.Problem;
import io.autousb.runtime.catalogue.ProviderKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Chooses backends for a request, and runs a session with them. */
public final class ForegroundLauncher {

    private final ProviderCatalogue catalogue;
    private final Console console;
    private final ShutdownHooks hooks;
    private final Timings timings;

    /**
     * Makes a launcher.
     *
     * @param catalogue where backends come from
     * @param console where events and talk go
     * @param hooks what tells that the program is to end
     * @param timings the engine's
     */
    public ForegroundLauncher(ProviderCatalogue catalogue, Console console, ShutdownHooks hooks, Timings timings) {
        this.catalogue = catalogue;
        this.console = console;
        this.hooks = hooks;
        this.timings = timings;
    }

    /**
     * Serves the guest until it or the user ends it.
     *
     * @param request what the user asked for
     * @return the exit code
     * @throws ProviderException if no backend can be chosen or made
     * @throws io.autousb.domain.port.BackendException if a backend cannot begin
     * @throws CommandException if the request cannot be right
     */
    public int run(ForegroundRequest request) {
        return run(request, event -> {});
    }

    /**
     * As above, with one more who is told what happens.
     *
     * @param request what the user asked for
     * @param observer told of each event, in order
     * @return the exit code
     */
    public int run(ForegroundRequest request, Consumer<EngineEvent> observer) {
        var sourceChoice = catalogue.choose(
                ProviderKind.DEVICE_SOURCE, request.backends().deviceSource().orElse(null));
        var hypervisorChoices =
                catalogue.chooseHypervisors(request.backends().hypervisor().orElse(null));
        Map<String, List<GuestSpec>> guests = guests(hypervisorChoices, request);
        DeviceSource source = catalogue.createDeviceSource(sourceChoice, Map.of());
        Map<String, Hypervisor> hypervisors = create(hypervisorChoices, source);
        ProviderContext context = catalogue.context();
        Engine engine = new Engine(
                new Engine.Dependencies(
                        source,
                        hypervisors,
                        context.clock(),
                        context.scheduler(),
                        EngineThreads.real(),
                        () -> ThreadLocalRandom.current().nextDouble()),
                timings,
                request.manners().mode());
        engine.observe(observer);
        var session = new ForegroundSession(console, engine, source, guests, request);
        return session.run(
                hooks, "served by " + sourceChoice.name() + " and " + String.join(", ", hypervisors.keySet()));
    }

    private Map<String, Hypervisor> create(List<Candidate<HypervisorProvider>> choices, DeviceSource source) {
        Map<String, Hypervisor> made = new LinkedHashMap<>();
        try {
            choices.forEach(choice -> made.put(choice.name(), catalogue.createHypervisor(choice, Map.of())));
            return made;
        } catch (RuntimeException e) {
            made.values().forEach(Hypervisor::close);
            source.close();
            throw e;
        }
    }

    /** The guest as each hypervisor is told of it. */
    private Map<String, List<GuestSpec>> guests(
            List<Candidate<HypervisorProvider>> choices, ForegroundRequest request) {
        try {
            Map<String, List<GuestSpec>> guests = new LinkedHashMap<>();
            catalogue
                    .guestSpecs(choices, request.wish().guest(), request.guestSettings())
                    .forEach((name, spec) -> guests.put(name, List.of(spec)));
            return guests;
        } catch (ProviderException e) {
            if (e.problem() != Problem.INVALID_OPTION) {
                throw e;
            }
            throw new CommandException(
                    ExitCode.USAGE,
                    "hypervisor " + e.what(),
                    "-s",
                    e.remedy().isEmpty() ? "name another hypervisor with --hypervisor" : e.remedy(),
                    e);
        }
    }
}
