package io.autousb.backend.qmp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpEvent;
import io.autousb.qmp.QmpListener;
import io.autousb.qmp.QmpSession;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real QEMU with two monitors, one for the adapter and one for the test, and a guest that has not
 * begun to run.
 */
final class RealQemu implements AutoCloseable {

    private static final String PROGRAM = "qemu-system-x86_64";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final QmpListener DEAF = new QmpListener() {
        @Override
        public void event(QmpEvent event) {}

        @Override
        public void ended(BackendException why) {}
    };

    private final Process process;
    private final Path second;

    private RealQemu(Process process, Path second) {
        this.process = process;
        this.second = second;
    }

    /** Starts it; its stderr goes to a file beside the socket. */
    static RealQemu start(Path socket, String... arguments) throws IOException {
        assumeTrue(isInstalled(), PROGRAM + " is not installed");
        Path second = socket.resolveSibling(socket.getFileName() + ".2");
        List<String> command =
                new ArrayList<>(List.of(PROGRAM, "-accel", "tcg", "-m", "64", "-display", "none", "-nodefaults", "-S"));
        command.addAll(List.of("-qmp", "unix:" + socket + ",server=on,wait=off"));
        command.addAll(List.of("-qmp", "unix:" + second + ",server=on,wait=off"));
        command.addAll(List.of(arguments));
        File log = socket.resolveSibling(socket.getFileName() + ".log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        RealQemu qemu = new RealQemu(process, second);
        Awaitility.await()
                .atMost(LONG)
                .failFast("QEMU has ended: " + log, () -> !process.isAlive())
                .until(() -> Files.exists(second));
        return qemu;
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
    }

    /** Executes a command over the second monitor. */
    JsonNode execute(QmpCommand.Builder command) throws IOException {
        UnixSocketConnection connection = UnixSocketConnection.connect(second, LONG);
        try (QmpSession session = QmpSession.open(connection, second, LONG, DEAF)) {
            return session.execute(command.build(), Deadline.after(LONG));
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
