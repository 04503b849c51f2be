package io.autousb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.autousb.domain.ApiStatus;
import io.autousb.domain.ApiStatus.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What others compile against changes on purpose only: {@code docs/api-signatures.txt} is a part of each change of it. To
 * write it anew: {@code ./mvnw verify -Dapi.write}.
 */
class PublicApiTest {

    private static final String WRITE = "api.write";
    private static final String CONTRACT = "io.autousb.contract";
    private static final int MOST_TYPES = 60;
    private static final List<Class<?>> TYPES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/")).importPackages("io.autousb").stream()
                    .filter(type -> !type.isAnonymousClass() && !type.isLocalClass())
                    .<Class<?>>map(JavaClass::reflect)
                    .filter(PublicApi::isOpen)
                    .filter(type -> isStable(type.getPackage()))
                    .sorted(PublicApi.ORDER)
                    .toList();

    private static boolean isStable(Package owner) {
        ApiStatus status = owner.getAnnotation(ApiStatus.class);
        return status != null && status.value() == Level.STABLE;
    }

    @Test
    void signatures_areThoseThatWereReviewed() throws IOException {
        Path file = Sources.tree().resolve("docs/api-signatures.txt");
        List<String> lines = TYPES.stream().flatMap(PublicApi::lines).toList();
        if (System.getProperty(WRITE) != null) {
            Files.write(file, lines);
        }

        assertThat(lines)
                .as("write them with -D" + WRITE + " and review the change")
                .isEqualTo(Files.readAllLines(file));
    }

    @Test
    void stablePackages_areTheseFour() {
        assertThat(TYPES.stream().map(Class::getPackageName).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "io.autousb.domain.model", "io.autousb.domain.port", "io.autousb.api", CONTRACT);
    }

    @Test
    void typesForAdapters_areFewEnoughToBeLearnt() {
        assertThat(TYPES)
                .filteredOn(type -> !type.getPackageName().equals(CONTRACT))
                .hasSizeLessThanOrEqualTo(MOST_TYPES);
    }

    @Test
    void methods_takeNoOptional() {
        assertThat(TYPES.stream().flatMap(PublicApi::lines))
                .filteredOn(line -> line.startsWith(" ") && !line.startsWith("    new("))
                .noneMatch(line -> line.matches(".*\\(.*\\bOptional.*\\).*"));
    }

    @Test
    void types_showNothingButStableOnes() {
        List<String> stable =
                TYPES.stream().map(type -> type.getName().replace('$', '.')).toList();
        Stream<String> named = TYPES.stream()
                .filter(type -> !type.getPackageName().equals(CONTRACT))
                .flatMap(PublicApi::lines)
                .flatMap(line -> Stream.of(line.split("[^A-Za-z0-9_.]+")))
                .filter(word -> word.startsWith("io.autousb."));

        assertThat(named.filter(word -> !stable.contains(word)).toList()).isEmpty();
    }
}
