package io.autousb.cli.demo;

import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.backend.sim.DemoScript;
import io.autousb.backend.sim.SimDeviceSourceProvider;
import io.autousb.backend.sim.SimGuest;
import io.autousb.backend.sim.SimHypervisorProvider;
import io.autousb.backend.sim.SimWorld;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.cli.foreground.ForegroundLauncher;
import io.autousb.cli.foreground.ForegroundRequest;
import io.autousb.cli.foreground.ForegroundRequest.Backends;
import io.autousb.cli.foreground.ForegroundRequest.Manners;
import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.PortSelector;
import io.autousb.runtime.EngineMode;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.Found;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderKind;
import io.autousb.runtime.catalogue.ProviderSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Plays the script of {@code sim} to a session that differs from a real one by its backends alone. */
public final class Demo {

    private static final int USB_VERSION = 3;

    private final Console console;
    private final ProviderContext context;
    private final ShutdownHooks hooks;
    private final Timings timings;

    /**
     * Makes a demonstration.
     *
     * @param console where events and talk go
     * @param context what adapters are lent; its scheduler measures the script's waits as well
     * @param hooks what tells that the program is to end
     * @param timings the engine's
     */
    public Demo(Console console, ProviderContext context, ShutdownHooks hooks, Timings timings) {
        this.console = console;
        this.context = context;
        this.hooks = hooks;
        this.timings = timings;
    }

    /**
     * Plays it.
     *
     * @return the exit code: {@link ExitCode#OK} only if all happened that was to happen
     */
    public int run() {
        DemoScript script = DemoScript.create();
        DemoCheck check = new DemoCheck();
        console.note("the same as: auto-usb-attach -d " + DemoScript.GUEST + " -u " + DemoScript.HUB
                + ", in a simulated world");
        ProviderCatalogue catalogue = new ProviderCatalogue(providers(script.world()), context);
        AtomicBoolean played = new AtomicBoolean();
        var launcher = new ForegroundLauncher(catalogue, console, playing(script, played), timings);
        int exitCode = launcher.run(request(), check::after);
        return exitCode == ExitCode.OK && played.get() ? verdict(script.world(), check) : exitCode;
    }

    private static ForegroundRequest request() {
        PortSelector hub = PortSelector.of(DemoScript.HUB);
        GuestWish wish = new GuestWish(DemoScript.GUEST, List.of(hub), List.of(), USB_VERSION);
        Backends backends = new Backends(Optional.empty(), Optional.empty());
        return new ForegroundRequest(wish, Map.of(), backends, new Manners(true, true, EngineMode.SERVE, false));
    }

    /** The session begins: so does the script, whose end ends the session as Ctrl-C would. */
    private ShutdownHooks playing(DemoScript script, AtomicBoolean played) {
        return hook -> {
            ShutdownHooks.Registration real = hooks.register(hook);
            script.play(context.scheduler(), console::note, () -> {
                played.set(true);
                new Thread(hook, "autousb-demo-end").start();
            });
            return real;
        };
    }

    private int verdict(SimWorld world, DemoCheck check) {
        List<String> complaints = check.complaints(
                DemoScript.HUB,
                world.host().topology(),
                world.guests().find(DemoScript.GUEST).flatMap(SimGuest::look));
        if (complaints.isEmpty()) {
            console.note("it went as it should: " + check.summary());
            return ExitCode.OK;
        }
        complaints.forEach(complaint -> console.error("the demo went wrong: " + complaint));
        return ExitCode.FAILURE;
    }

    private static ProviderSource providers(SimWorld world) {
        List<Provider> both = List.of(new SimDeviceSourceProvider(world), new SimHypervisorProvider(world));
        return new ProviderSource() {
            @Override
            public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
                Stream<P> fitting =
                        both.stream().filter(kind.type()::isInstance).map(kind.type()::cast);
                return new Found<>(fitting.toList(), List.of());
            }
        };
    }
}
