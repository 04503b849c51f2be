package io.autousb.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * What the modules owe each other. A rule is made for a root package, so that the same rule judges the program and the
 * planted world, where it must find its offenders and nobody else.
 */
enum ArchitectureRule {
    DOMAIN_IS_PURE(
            root -> classes()
                    .that(in(root, "domain.."))
                    .should()
                    .onlyDependOnClassesThat(in(root, "domain..").or(jdkAndJSpecify()))
                    .because("the hexagon knows no library and no adapter"),
            "domain.model.DeviceKnowsJackson",
            "domain.port.PortKnowsApi"),

    PLANNING_HAS_NO_WORLD_OF_ITS_OWN(
            root -> noClasses()
                    .that(in(root, "domain.model..", "domain.policy..", "domain.plan.."))
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(java.time.Instant.class, "now")
                    .orShould()
                    .dependOnClassesThat(assignableTo(Thread.class)
                            .or(resideInAnyPackage(
                                    "java.io..", "java.net..", "java.nio.file..", "java.nio.channels..")))
                    .because("a plan is a pure function: no clock, no threads, no I/O"),
            "domain.plan.PlannerReadsTheClock",
            "domain.policy.PolicyReadsFiles"),

    API_SEES_MODEL_AND_PORTS(
            root -> classes()
                    .that(in(root, "api.."))
                    .should()
                    .onlyDependOnClassesThat(in(root, "api..", "domain", "domain.model..", "domain.port..")
                            .or(jdkAndJSpecify()))
                    .because("an adapter author gets nothing else to see"),
            "api.ProviderKnowsPlanner"),

    CONTRACT_TESTS_SEE_MODEL_PORTS_AND_API(
            root -> classes()
                    .that(in(root, "contract.."))
                    .should()
                    .onlyDependOnClassesThat(not(in(root, ".."))
                            .or(in(root, "contract..", "api..", "domain", "domain.model..", "domain.port..")))
                    .because("the TCK is for adapters out of tree too"),
            "contract.ContractKnowsRuntime"),

    LIBRARIES_SEE_MODEL_PORTS_AND_API(
            root -> classes()
                    .that(in(root, "linux..", "qmp..", "xen.."))
                    .should()
                    .onlyDependOnClassesThat(not(in(root, ".."))
                            .or(in(root, "linux..", "qmp..", "xen..", "api..", "domain.model..", "domain.port..")))
                    .because("lib-* serve backends and know none of their users"),
            "linux.SysfsKnowsPolicy",
            "xen.StoreKnowsRuntime"),

    LIBRARIES_ARE_FOR_BACKENDS(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "linux..", "qmp..", "xen..", "backend.."))))
                    .should()
                    .dependOnClassesThat(in(root, "linux..", "qmp..", "xen.."))
                    .because("lib-* are no public API"),
            "cli.CommandReadsSysfs",
            "cli.CommandReadsXenstore"),

    BACKENDS_SEE_MODEL_PORTS_API_AND_LIBRARIES(
            root -> classes()
                    .that(in(root, "backend.."))
                    .should()
                    .onlyDependOnClassesThat(not(in(root, ".."))
                            .or(in(root, "backend..", "linux..", "qmp..", "xen.."))
                            .or(in(root, "api..", "domain.model..", "domain.port..")))
                    .because("policy, planning and the engine are not an adapter's business"),
            "backend.qmp.BackendKnowsPlanner",
            "backend.qmp.BackendKnowsRuntime"),

    BACKENDS_KNOW_NO_OTHER_BACKEND(
            root -> slices().matching(root + ".backend.(*)..").should().notDependOnEachOther(),
            "backend.udev.BackendKnowsSim"),

    RUNTIME_SEES_DOMAIN_AND_API(
            root -> classes()
                    .that(in(root, "runtime.."))
                    .should()
                    .onlyDependOnClassesThat(not(in(root, "..")).or(in(root, "runtime..", "api..", "domain..")))
                    .because("adapters come by ServiceLoader, and others may embed the runtime"),
            "runtime.EngineKnowsSim",
            "runtime.EngineKnowsWiring"),

    CLI_SEES_NO_BACKEND_BUT_SIM(
            root -> noClasses()
                    .that(in(root, "cli.."))
                    .should()
                    .dependOnClassesThat(in(root, "backend..").and(not(in(root, "backend.sim.."))))
                    .because("a backend is a jar that can be left out; the demo alone needs one, sim"),
            "cli.CommandKnowsUdev"),

    GUICE_IS_FOR_WIRING(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "cli.wiring.."))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(
                            "com.google.inject..", "com.google.common..", "jakarta.inject..", "javax.inject.."))
                    .because("constructors are plain, and Guice does not leave cli.wiring"),
            "runtime.EngineIsInjected",
            "cli.CommandUsesGuice"),

    PICOCLI_IS_FOR_CLI(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "cli.."))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("picocli.."))
                    .because("the runtime is embedded without a command line"),
            "runtime.EngineIsACommand"),

    JNA_IS_FOR_LINUX_AND_UDEV(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "linux..", "backend.udev.."))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("com.sun.jna.."))
                    .because("native calls stay where they can be reviewed"),
            "qmp.SessionUsesJna"),

    JNR_IS_FOR_LINUX(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "linux.."))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("jnr.."))
                    .because("one class of ours hides the library's unix sockets"),
            "qmp.SessionUsesJnr"),

    ONLY_THE_CONSOLE_SPEAKS(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "cli.console.."))).and(not(in(root, "contract.."))))
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .because(
                            "one place decides what is data and what is talk; contract tests are not part of the program"),
            "runtime.EngineSpeaks"),

    LOGGING_IS_SLF4J(
            root -> noClasses()
                    .that(in(root, "..").and(not(in(root, "cli.console.."))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("java.util.logging.."))
                    .because("who embeds this chooses where the log goes"),
            "qmp.SessionLogsToTheJdk"),

    NOTHING_IS_GLOBAL(
            root -> fields().that()
                    .areDeclaredInClassesThat(in(root, ".."))
                    .and()
                    .areStatic()
                    .should()
                    .beFinal()
                    .because("what changes belongs to an object that somebody made"),
            "runtime.EngineHasAGlobal"),

    PACKAGES_ARE_NULL_MARKED(
            root -> classes()
                    .that(in(root, ".."))
                    .should(beInANullMarkedPackage())
                    .because("@NullMarked is not inherited"),
            "runtime.unmarked.InAPackageWithoutPackageInfo"),

    NAMES_SAY_SOMETHING(
            root -> noClasses()
                    .that(in(root, ".."))
                    .should()
                    .haveNameMatching(".*(Impl|Manager|Utils?|Helper)(\\$.*)?")
                    .because("such a name says nothing"),
            "runtime.EngineImpl",
            "runtime.ClaimManager",
            "runtime.StringUtils",
            "runtime.ReloadHelper"),

    PROVIDERS_ARE_ENTRY_POINTS(
            root -> classes()
                    .that(in(root, "..").and(simpleNameEndingWith("Provider")))
                    .should()
                    .beAssignableTo(root + ".api.Provider")
                    .because("Provider is what the ServiceLoader finds and nothing else"),
            "runtime.ClockProvider");

    private final Function<String, ArchRule> definition;
    private final List<String> offenders;

    ArchitectureRule(Function<String, ArchRule> definition, String... offenders) {
        this.definition = definition;
        this.offenders = List.of(offenders);
    }

    /** The rule below {@code root}. A module without a class yet breaks nothing. */
    ArchRule below(String root) {
        return definition.apply(root).allowEmptyShould(true);
    }

    /** The classes of the planted world that break the rule, relative to its root. */
    List<String> offenders() {
        return offenders;
    }

    private static DescribedPredicate<JavaClass> in(String root, String... packages) {
        return resideInAnyPackage(Stream.of(packages)
                .map(each -> each.startsWith(".") ? root + each : root + "." + each)
                .toArray(String[]::new));
    }

    private static DescribedPredicate<JavaClass> jdkAndJSpecify() {
        return resideInAnyPackage("java..", "org.jspecify..")
                .or(DescribedPredicate.describe(
                        "arrays of primitives",
                        type -> type.getBaseComponentType().isPrimitive()));
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage owner = type.getPackage();
                if (!annotatedWith(NullMarked.class).test(owner)) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getFullName() + " is in " + owner.getName() + ", which is not @NullMarked"));
                }
            }
        };
    }
}
