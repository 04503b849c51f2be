package io.autousb.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import io.autousb.api.ProviderContext;
import io.autousb.cli.command.AttachCommand;
import io.autousb.cli.command.BackendsCommand;
import io.autousb.cli.command.DemoCommand;
import io.autousb.cli.command.DoctorCommand;
import io.autousb.cli.command.ListCommand;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.cli.demo.Demo;
import io.autousb.cli.foreground.ForegroundLauncher;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.doctor.Doctor;
import io.autousb.runtime.plugin.Plugins;

/** The commands. */
final class CommandModule extends AbstractModule {

    @Provides
    ForegroundLauncher launcher(ProviderCatalogue catalogue, Console console, ShutdownHooks hooks, Timings timings) {
        return new ForegroundLauncher(catalogue, console, hooks, timings);
    }

    @Provides
    AttachCommand attach(ForegroundLauncher launcher, Console console, Plugins plugins) {
        return new AttachCommand(launcher, console, plugins);
    }

    @Provides
    ListCommand list(ProviderCatalogue catalogue, Console console) {
        return new ListCommand(catalogue, console);
    }

    @Provides
    BackendsCommand backends(ProviderCatalogue catalogue, Console console) {
        return new BackendsCommand(catalogue, console);
    }

    @Provides
    DoctorCommand doctor(ProviderCatalogue catalogue, Console console, Timings timings) {
        return new DoctorCommand(new Doctor(catalogue, timings), console);
    }

    @Provides
    Demo demo(Console console, ProviderContext context, ShutdownHooks hooks, Timings timings) {
        return new Demo(console, context, hooks, timings);
    }

    @Provides
    DemoCommand demoCommand(Demo demo, Console console) {
        return new DemoCommand(demo, console);
    }
}
