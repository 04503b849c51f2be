package io.autousb.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.autousb.api.CommandRunner;
import io.autousb.api.ProviderContext;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.Environment;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.domain.port.Scheduler;
import io.autousb.runtime.TimerScheduler;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.InstalledCommandRunner;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.plugin.Plugins;

/** What every form of the program needs, with or without a command line. */
final class CoreModule extends AbstractModule {

    private final Environment environment;

    CoreModule(Environment environment) {
        this.environment = environment;
    }

    @Provides
    Console console() {
        return environment.console();
    }

    @Provides
    ShutdownHooks hooks() {
        return environment.hooks();
    }

    @Provides
    @Singleton
    Scheduler scheduler() {
        return new TimerScheduler();
    }

    @Provides
    Timings timings() {
        return Timings.DEFAULT;
    }

    @Provides
    @Singleton
    CommandRunner commands() {
        return new InstalledCommandRunner(CoreModule.class.getClassLoader());
    }

    @Provides
    ProviderContext context(Scheduler scheduler, CommandRunner commands) {
        return new ProviderContext(System::nanoTime, scheduler, environment.root(), commands);
    }

    @Provides
    @Singleton
    Plugins plugins() {
        Plugins plugins = new Plugins(environment.providers(), CoreModule.class.getClassLoader());
        plugins.look(environment.plugins());
        return plugins;
    }

    @Provides
    @Singleton
    ProviderCatalogue catalogue(Plugins plugins, ProviderContext context) {
        return new ProviderCatalogue(plugins, context);
    }
}
