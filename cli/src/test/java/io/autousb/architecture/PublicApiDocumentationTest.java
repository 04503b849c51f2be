package io.autousb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others compile against is documented whole: javac's doclint, with all that it knows, has nothing to say. */
class PublicApiDocumentationTest {

    private static final String HEAD_OF_A_COMPACT_CONSTRUCTOR = "\\s*(public )?\\w+ \\{";

    @TempDir
    private Path work;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "domain/src/main/java/io/autousb/domain/model",
                "domain/src/main/java/io/autousb/domain/port",
                "api",
                "contract-tests"
            })
    void sources_haveNothingThatDoclintMisses(String folder) {
        List<Path> sources = sources(Sources.tree().resolve(folder));
        assertThat(sources).hasSizeGreaterThan(10);

        assertThat(complaints(sources)).isEmpty();
    }

    @Test
    void sources_thatLackAnything_areComplainedOf() throws IOException {
        Path file = work.resolve("Bare.java");
        Files.writeString(file, """
                /** Something. */
                public final class Bare {
                    private Bare() {}

                    /** Doubles it. */
                    public static void twice(int number) {}

                    public static void nothing() {}
                }
                """);

        assertThat(complaints(List.of(file)))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("no @param for number"))
                .anySatisfy(line -> assertThat(line).contains("no comment"));
    }

    private static List<Path> sources(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/src/test/"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> complaints(List<Path> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-Xdoclint:all/protected",
                    "-Xmaxwarns",
                    "1000",
                    "-proc:none",
                    "-implicit:none",
                    "-d",
                    work.toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            boolean unused = compiler.getTask(
                            null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            return found.getDiagnostics().stream()
                    .filter(diagnostic -> !isOfACompactConstructor(diagnostic))
                    .map(diagnostic -> diagnostic.toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its parameters are the record's, and documented there; doclint up to JDK 25 asks for them a second time. */
    private static boolean isOfACompactConstructor(Diagnostic<? extends JavaFileObject> diagnostic) {
        if (diagnostic.getSource() == null) {
            return false;
        }
        try {
            List<String> lines = diagnostic
                    .getSource()
                    .getCharContent(true)
                    .toString()
                    .lines()
                    .toList();
            return lines.get((int) diagnostic.getLineNumber() - 1).matches(HEAD_OF_A_COMPACT_CONSTRUCTOR);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
