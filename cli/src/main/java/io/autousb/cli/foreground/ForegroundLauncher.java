package io.autousb.cli.foreground;

import io.autousb.api.HypervisorProvider;
import io.autousb.api.ProviderContext;
import io.autousb.api.ProviderException;
import io.autousb.api.ProviderException.Problem;
import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.Hypervisor;
import io.autousb.runtime.Engine;
import io.autousb.runtime.EngineEvent;
import io.autousb.runtime.EngineThreads;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.Candidate;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderKind;
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
        var hypervisorChoice = catalogue.choose(
                ProviderKind.HYPERVISOR, request.backends().hypervisor().orElse(null));
        checkSettings(hypervisorChoice, request.guestSettings());
        DeviceSource source = catalogue.createDeviceSource(sourceChoice, Map.of());
        Hypervisor hypervisor = create(hypervisorChoice, source);
        ProviderContext context = catalogue.context();
        Engine engine = new Engine(
                new Engine.Dependencies(
                        source,
                        Map.of(hypervisorChoice.name(), hypervisor),
                        context.clock(),
                        context.scheduler(),
                        EngineThreads.real(),
                        () -> ThreadLocalRandom.current().nextDouble()),
                timings,
                request.manners().mode());
        engine.observe(observer);
        var session = new ForegroundSession(console, engine, source, hypervisorChoice.name(), request);
        return session.run(hooks, "served by " + sourceChoice.name() + " and " + hypervisorChoice.name());
    }

    private Hypervisor create(Candidate<HypervisorProvider> choice, DeviceSource source) {
        try {
            return catalogue.createHypervisor(choice, Map.of());
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private void checkSettings(Candidate<HypervisorProvider> choice, Map<String, String> settings) {
        try {
            catalogue.checkGuest(choice, settings);
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
