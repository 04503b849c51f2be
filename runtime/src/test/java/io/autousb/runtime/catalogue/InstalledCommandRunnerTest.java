package io.autousb.runtime.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledCommandRunnerTest {

    private static final Command COMMAND = Command.of(Duration.ofSeconds(1), "xl", "list");

    @TempDir
    Path folder;

    /** Says which one it is, and what it was to run. */
    public static final class Echo implements CommandRunner {
        private static final AtomicInteger MADE = new AtomicInteger();
        private final int number = MADE.incrementAndGet();

        @Override
        public RunningCommand start(Command command) {
            return () -> CommandResult.notStarted(number + " " + command);
        }
    }

    /** One whose constructor fails. */
    public static final class Failing implements CommandRunner {
        public Failing() {
            throw new IllegalStateException("not today");
        }

        @Override
        public RunningCommand start(Command command) {
            throw new AssertionError();
        }
    }

    @Test
    void run_whenOneIsInstalled_usesItAgainAndAgain() throws IOException {
        try (URLClassLoader loader = loader(Echo.class.getName())) {
            CommandRunner runner = new InstalledCommandRunner(loader);
            CommandOutcome outcome = runner.run(COMMAND).outcome();
            assertThat(outcome).isEqualTo(CommandOutcome.notStarted(Echo.MADE.get() + " xl list"));
            assertThat(runner.run(COMMAND).outcome()).isEqualTo(outcome);
        }
    }

    @Test
    void run_whenNoneIsInstalled_saysSo() throws IOException {
        try (URLClassLoader loader = loader("")) {
            assertThat(new InstalledCommandRunner(loader).run(COMMAND).outcome())
                    .isEqualTo(CommandOutcome.notStarted("nothing that runs programs is installed"));
        }
    }

    @Test
    void run_whenTheInstalledOneIsBroken_saysSo() throws IOException {
        try (URLClassLoader loader = loader(Failing.class.getName())) {
            assertThat(new InstalledCommandRunner(loader).run(COMMAND).outcome())
                    .isEqualTo(CommandOutcome.notStarted(
                            "what runs programs is broken: IllegalStateException: not today"));
        }
    }

    @Test
    void run_whenTheInstalledOneIsMissing_saysSo() throws IOException {
        try (URLClassLoader loader = loader("no.such.Runner")) {
            assertThat(new InstalledCommandRunner(loader).run(COMMAND).outcome().reason())
                    .contains("no.such.Runner");
        }
    }

    private URLClassLoader loader(String line) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(CommandRunner.class.getName()), line);
        return new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, InstalledCommandRunnerTest.class.getClassLoader());
    }
}
