package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.contract.ProviderFixture;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Broken providers. */
final class ProviderMutants {

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private ProviderMutants() {}

    static List<Mutant<ProviderFixture>> all() {
        return Stream.of(words(), classes(), probes(), makers())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Mutant<ProviderFixture>> words() {
        return List.of(
                provider("has a name in capitals", "PR-01 PR-05", real -> new SpoiltHypervisorProvider(real) {
                    @Override
                    public String name() {
                        return "Sim";
                    }
                }),
                provider("has another name each time", "PR-01 PR-05", real -> new SpoiltHypervisorProvider(real) {
                    @Override
                    public String name() {
                        return "sim" + COUNTER.incrementAndGet();
                    }
                }),
                provider("has another priority each time", "PR-11", real -> new SpoiltHypervisorProvider(real) {
                    @Override
                    public int priority() {
                        return COUNTER.incrementAndGet();
                    }
                }),
                described("has no description", "PR-02", ""),
                described("has a sentence for a description", "PR-02", "A host in memory."),
                described("has two lines of description", "PR-02", "a host\nin memory"),
                options("has two options of one name", "PR-03", () -> List.of(option("a", "x"), option("a", "y"))),
                options("has an option without description", "PR-03", () -> List.of(option("a", ""))),
                options(
                        "has other options each time",
                        "PR-03",
                        () -> List.of(option("a" + COUNTER.incrementAndGet(), "x"))),
                provider("has two options of a guest of one name", "PR-04", real -> new SpoiltHypervisorProvider(real) {
                    @Override
                    public List<Option> guestOptions() {
                        return List.of(option("a", "x"), option("a", "y"));
                    }
                }));
    }

    private static List<Mutant<ProviderFixture>> classes() {
        return List.of(
                of("is not public", "PR-05", world -> new Hidden(world)),
                of("is not named in META-INF/services", "PR-05", world -> new Unnamed()),
                of("has no constructor for the service loader", "PR-05", world -> new Demanding(world)));
    }

    private static List<Mutant<ProviderFixture>> probes() {
        return List.of(
                probe(
                        "never says that it can work",
                        "PR-06",
                        (answer, context) -> Availability.unavailable("no", "none")),
                probe("always says that it can work", "PR-07", (answer, context) -> Availability.AVAILABLE),
                probe(
                        "has no reason",
                        "PR-07",
                        (answer, context) ->
                                answer.isAvailable() ? answer : Availability.unavailable("", answer.remedy())),
                probe(
                        "has no remedy",
                        "PR-07",
                        (answer, context) ->
                                answer.isAvailable() ? answer : Availability.unavailable(answer.reason(), "")),
                probe(
                        "says something else each time",
                        "PR-08",
                        (answer, context) -> !answer.isAvailable()
                                ? answer
                                : COUNTER.incrementAndGet() % 2 == 0
                                        ? answer
                                        : Availability.unavailable("not now", "wait")),
                probe("leaves a file when probed", "PR-08", (answer, context) -> {
                    write(context.root().resolve("probed"));
                    return answer;
                }),
                probe("leaves a thread when probed", "PR-08", (answer, context) -> {
                    Leaks.thread();
                    return answer;
                }),
                probe("takes its time when probed", "PR-08", (answer, context) -> {
                    Leaks.pause();
                    return answer;
                }));
    }

    private static List<Mutant<ProviderFixture>> makers() {
        return List.of(
                create("looks at the host when it creates", "PR-09", (made, context) -> {
                    requireFolder(context.root());
                    return made.get();
                }),
                create("makes a folder when it creates", "PR-09", (made, context) -> {
                    mkdir(context.root().resolve("run"));
                    return made.get();
                }),
                create("starts a thread when it creates", "PR-09", (made, context) -> {
                    Leaks.thread();
                    return made.get();
                }),
                of("creates one adapter for all", "PR-10", world -> {
                    Hypervisor one = new SimHypervisor(world.guests(), (delay, task) -> () -> {});
                    return new SpoiltHypervisorProvider(new Maker(world, (made, context) -> one));
                }));
    }

    private static Option option(String name, String description) {
        return new Option(name, Option.Type.TEXT, Optional.empty(), description);
    }

    private static Mutant<ProviderFixture> described(String name, String rules, String description) {
        return provider(name, rules, real -> new SpoiltHypervisorProvider(real) {
            @Override
            public String description() {
                return description;
            }
        });
    }

    private static Mutant<ProviderFixture> options(String name, String rules, Supplier<List<Option>> options) {
        return provider(name, rules, real -> new SpoiltHypervisorProvider(real) {
            @Override
            public List<Option> options() {
                return options.get();
            }
        });
    }

    private interface Probe {
        Availability answer(Availability real, ProviderContext context);
    }

    private static Mutant<ProviderFixture> probe(String name, String rules, Probe probe) {
        return provider(name, rules, real -> new SpoiltHypervisorProvider(real) {
            @Override
            public Availability probe(ProviderContext context) {
                return probe.answer(super.probe(context), context);
            }
        });
    }

    private interface Create {
        Hypervisor create(Supplier<Hypervisor> real, ProviderContext context);
    }

    private static Mutant<ProviderFixture> create(String name, String rules, Create create) {
        return of(name, rules, world -> new SpoiltHypervisorProvider(new Maker(world, create)));
    }

    /** One whose words and probes are spoilt, with a world and without. */
    private static Mutant<ProviderFixture> provider(
            String name, String rules, UnaryOperator<HypervisorProvider> spoil) {
        return Mutant.of(
                name,
                rules,
                () -> fixture(
                        world -> new SpoiltHypervisorProvider(spoil.apply(new SimHypervisorProvider(world))),
                        () -> new SpoiltHypervisorProvider(spoil.apply(new SimHypervisorProvider()))));
    }

    /** One that is spoilt where it has a world. */
    private static Mutant<ProviderFixture> of(String name, String rules, Function<SimWorld, Provider> provider) {
        return Mutant.of(name, rules, () -> fixture(provider, SimHypervisorProvider::new));
    }

    private static ProviderFixture fixture(Function<SimWorld, Provider> provider, Supplier<Provider> without) {
        try {
            return new SimProviderFixture(provider, without);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException("there is no " + folder);
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mkdir(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Maker extends SpoiltHypervisorProvider {
        private final Create create;

        Maker(SimWorld world, Create create) {
            super(new SimHypervisorProvider(world));
            this.create = create;
        }

        @Override
        public Hypervisor create(OptionValues options, ProviderContext context) {
            return create.create(() -> super.create(options, context), context);
        }
    }

    private static final class Hidden extends SpoiltHypervisorProvider {
        Hidden(SimWorld world) {
            super(new SimHypervisorProvider(world));
        }
    }

    /** Public and yet not found. */
    public static final class Unnamed extends SpoiltHypervisorProvider {
        private static final SimWorld WORLD = SimWorld.create();

        /** For the service loader, which does not know of it. */
        public Unnamed() {
            super(new SimHypervisorProvider(WORLD));
        }
    }

    /** Named, if it could be made. */
    public static final class Demanding extends SpoiltHypervisorProvider {
        /** Not for the service loader. */
        public Demanding(SimWorld world) {
            super(new SimHypervisorProvider(world));
        }
    }
}
