package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's launcher, with a Java that only tells its arguments, as root and as anybody. */
@Timeout(60)
class LauncherTest {

    private static final Path SOURCES = Path.of("src/main/dist/bin");
    private static final List<String> PRIORITIES =
            List.of("-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=10");

    @TempDir
    private Path root;

    private Path home;
    private Path tools;
    private Path java;

    @BeforeEach
    void install() throws IOException {
        home = root.resolve("a home");
        tools = Files.createDirectories(root.resolve("tools"));
        java = root.resolve("java");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        for (String name : List.of("auto-usb-attach", "find-java")) {
            Files.copy(SOURCES.resolve(name), home.resolve("bin").resolve(name));
        }
        Files.writeString(home.resolve("lib/one.jar"), "");
        Files.createDirectories(java.resolve("bin"));
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"17.0.1\"\n");
        script(java.resolve("bin/java"), "for each; do printf '%s\\n' \"$each\"; done");
    }

    @Test
    void launch_asRoot_setsThePrioritiesOfThreads() throws Exception {
        assertThat(launchAs(0)).containsSubsequence(PRIORITIES);
    }

    /** For whom the JVM would complain. */
    @Test
    void launch_asAnotherUser_leavesThePrioritiesOfThreadsAlone() throws Exception {
        assertThat(launchAs(1000))
                .contains("io.autousb.cli.Main")
                .noneMatch(argument -> argument.contains("ThreadPriority"));
    }

    @Test
    void launch_withArguments_passesThemOnBehindTheProgramsName() throws Exception {
        List<String> arguments = launchAs(0, "list", "a b");
        assertThat(arguments).endsWith("io.autousb.cli.Main", "list", "a b");
        assertThat(arguments)
                .containsSubsequence("-cp", home.resolve("lib/one.jar").toString());
    }

    private List<String> launchAs(int uid, String... arguments) throws Exception {
        script(tools.resolve("id"), "echo " + uid);
        ProcessBuilder launcher =
                new ProcessBuilder("sh", home.resolve("bin/auto-usb-attach").toString());
        launcher.command().addAll(List.of(arguments));
        Map<String, String> environment = launcher.environment();
        environment.put("JAVA_HOME", java.toString());
        environment.put("PATH", tools + ":" + environment.get("PATH"));
        Process process =
                launcher.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return told.lines().toList();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
