package io.autousb.lab;

import io.autousb.api.CommandRunner;
import io.autousb.contract.TestContext;
import io.autousb.linux.ChildProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The machine this runs in: its files and programs. It is slow, being emulated. */
final class Machine {

    /** Ample time for anything here. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Machine() {}

    /** What the program lends its adapters. */
    static TestContext context() {
        CommandRunner commands = new ChildProcesses();
        return new TestContext(Path.of("/"), commands);
    }

    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    /** An attribute's value; empty if there is none, or if it is not there. */
    static String read(Path attribute) {
        try {
            return Files.readString(attribute).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path attribute, String value) {
        try {
            Files.writeString(attribute, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path target(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program to its end. */
    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
