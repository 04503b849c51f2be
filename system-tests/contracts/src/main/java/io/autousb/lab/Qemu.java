package io.autousb.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpEvent;
import io.autousb.qmp.QmpListener;
import io.autousb.qmp.QmpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A guest in a QEMU, which runs as nobody, with a monitor for the adapter and one for us. Its firmware finds nothing to boot. */
final class Qemu implements AutoCloseable {

    private static final String NOBODY = "65534";
    private static final QmpListener DEAF = new QmpListener() {
        @Override
        public void event(QmpEvent event) {}

        @Override
        public void ended(BackendException why) {}
    };

    private final Process process;
    private final Path ours;

    /** Starts it, with its monitor at that path; the folder belongs to nobody. */
    Qemu(Path monitor) {
        ours = monitor.resolveSibling(monitor.getFileName() + ".ours");
        List<String> command = List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--pdeathsig=KILL",
                "qemu-system-x86_64",
                "-accel",
                "tcg",
                "-machine",
                "pc",
                "-m",
                "32",
                "-display",
                "none",
                "-nodefaults",
                "-device",
                "qemu-xhci,id=xhci,p2=8,p3=8",
                "-qmp",
                "unix:" + monitor + ",server=on,wait=off",
                "-qmp",
                "unix:" + ours + ",server=on,wait=off");
        try {
            Files.deleteIfExists(monitor);
            Files.deleteIfExists(ours);
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Machine.await("QEMU's monitor", () -> Files.exists(ours));
    }

    /** Executes a command over our monitor. */
    JsonNode execute(QmpCommand.Builder command) {
        UnixSocketConnection connection;
        try {
            connection = UnixSocketConnection.connect(ours, Machine.PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (QmpSession session = QmpSession.open(connection, ours, Machine.PATIENCE, DEAF)) {
            return session.execute(command.build(), Deadline.after(Machine.PATIENCE));
        }
    }

    /** Sends it a signal. */
    void signal(String name) {
        Machine.run("kill", "-" + name, Long.toString(process.pid()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
