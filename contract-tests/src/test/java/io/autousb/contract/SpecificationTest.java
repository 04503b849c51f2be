package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code docs/spec.md} lists the rules that are tested, each once. */
class SpecificationTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| ((?:DS|HV|PR|ST)-[0-9]{2}) \\| ([^|]+) \\| [^|]+ \\|$");

    @Test
    void specification_always_listsTheRules() throws IOException {
        String specification = Files.readString(Path.of("..", "docs", "spec.md"));

        List<String> listed = ROW.matcher(specification)
                .results()
                .map(SpecificationTest::text)
                .toList();

        assertThat(listed)
                .isNotEmpty()
                .containsExactlyElementsOf(rules().sorted().toList());
    }

    private static String text(MatchResult row) {
        return row.group(1) + " " + row.group(2);
    }

    private static Stream<String> rules() {
        return tests().map(test -> test.getAnnotation(DisplayName.class).value());
    }

    @Test
    void rules_all_cannotBeOverridden() {
        assertThat(tests()).isNotEmpty().allMatch(test -> Modifier.isFinal(test.getModifiers()));
    }

    private static Stream<Method> tests() {
        return Stream.of(
                        DeviceSourceContract.class,
                        HypervisorContract.class,
                        ProviderContract.class,
                        StateStoreContract.class)
                .flatMap(SpecificationTest::hierarchy)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class));
    }

    private static Stream<Class<?>> hierarchy(Class<?> contract) {
        return Stream.iterate(contract, type -> type != Object.class, type -> type.getSuperclass());
    }
}
