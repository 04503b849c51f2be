package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.autousb.api.Provider;
import io.autousb.backend.sim.SimDeviceSourceProvider;
import io.autousb.backend.sim.SimGuest;
import io.autousb.backend.sim.SimHypervisorProvider;
import io.autousb.backend.sim.SimWorld;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.Console.Channel;
import io.autousb.cli.console.Environment;
import io.autousb.runtime.catalogue.Found;
import io.autousb.runtime.catalogue.ProviderKind;
import io.autousb.runtime.catalogue.ProviderSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The program in this process: on a simulated world, with captured streams and signals. */
final class ProgramFixture {

    private static final long PATIENCE_SECONDS = 20;

    final SimWorld world = SimWorld.create();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Provider> providers =
            new ArrayList<>(List.of(new SimDeviceSourceProvider(world), new SimHypervisorProvider(world)));
    private final List<Path> plugins = new ArrayList<>();
    private final List<Runnable> hooks = new ArrayList<>();

    ProgramFixture with(Provider provider) {
        providers.add(provider);
        return this;
    }

    /** With an installation that has a folder of plugins. */
    ProgramFixture withPlugins(Path folder) {
        plugins.add(folder);
        return this;
    }

    ProgramFixture withoutProviders() {
        providers.clear();
        return this;
    }

    int run(String... args) {
        return Main.run(environment(), args);
    }

    CompletableFuture<Integer> start(String... args) {
        return CompletableFuture.supplyAsync(() -> run(args), task -> {
            Thread thread = new Thread(task, "program");
            thread.setDaemon(true);
            thread.start();
        });
    }

    static int exitCode(CompletableFuture<Integer> program) throws Exception {
        return program.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ctrl-C, as the Java virtual machine does it. */
    void interrupt() {
        List<Runnable> all;
        synchronized (hooks) {
            all = List.copyOf(hooks);
        }
        assertThat(all).isNotEmpty();
        all.forEach(Runnable::run);
    }

    void awaitOut(String text) {
        await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(out()).contains(text));
    }

    void awaitErr(String text) {
        await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(err()).contains(text));
    }

    void awaitHeld(SimGuest guest, int devices) {
        await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .until(() -> guest.look()
                        .filter(it -> it.attachments().size() == devices)
                        .isPresent());
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Environment environment() {
        Console console = new Console(
                new Channel(new PrintStream(out, true, StandardCharsets.UTF_8), false),
                new Channel(new PrintStream(err, true, StandardCharsets.UTF_8), false),
                () -> LocalTime.of(1, 2, 3, 4_000_000));
        return new Environment(console, source(), plugins, Path.of("/"), hook -> {
            synchronized (hooks) {
                hooks.add(hook);
            }
            return () -> {};
        });
    }

    private ProviderSource source() {
        return new ProviderSource() {
            @Override
            public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
                return new Found<>(
                        providers.stream()
                                .filter(kind.type()::isInstance)
                                .map(kind.type()::cast)
                                .toList(),
                        List.of());
            }
        };
    }
}
