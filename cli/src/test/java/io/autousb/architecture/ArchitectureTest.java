package io.autousb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The modules keep the rules of {@link ArchitectureRule}, and each rule would notice if they did not. */
class ArchitectureTest {

    private static final String ROOT = "io.autousb";
    private static final String PLANTED = "io.autousb.architecture.planted";

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages(ROOT);
    private static final JavaClasses PLANTED_WORLD = new ClassFileImporter().importPackages(PLANTED);

    @ParameterizedTest
    @EnumSource
    void program_keepsRule(ArchitectureRule rule) {
        rule.below(ROOT).check(PROGRAM);
    }

    @ParameterizedTest
    @EnumSource
    void plantedWorld_isCaughtByRuleAndNobodyElse(ArchitectureRule rule) {
        List<String> offenders =
                rule.offenders().stream().map(name -> PLANTED + "." + name).toList();

        List<String> found =
                rule.below(PLANTED).evaluate(PLANTED_WORLD).getFailureReport().getDetails();

        assertThat(offenders)
                .isNotEmpty()
                .allSatisfy(offender -> assertThat(found)
                        .anySatisfy(detail -> assertThat(detail).contains(offender)));
        assertThat(found)
                .allSatisfy(detail -> assertThat(offenders)
                        .anySatisfy(offender -> assertThat(detail).contains(offender)));
    }

    /** Else a module that fell off the class path would keep every rule. */
    @Test
    void program_isSeenWhole() {
        List<String> seen = PROGRAM.stream().map(JavaClass::getName).toList();

        List<String> sources = sourcesOfTheProgram();

        assertThat(sources).hasSizeGreaterThan(40);
        assertThat(seen).containsAll(sources);
    }

    /** The class that each main source file of each module must have made. */
    private static List<String> sourcesOfTheProgram() {
        try (Stream<Path> modules = Files.list(Sources.tree())) {
            return modules.filter(module -> Files.exists(module.resolve("pom.xml")))
                    .map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(ArchitectureTest::classesBelow)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> classesBelow(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .map(file -> sources.relativize(file).toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file ->
                            file.substring(0, file.length() - ".java".length()).replace('/', '.'))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
