package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that has a guest's name and does listen at the monitor that it names, with users as the kernel tells them. */
@Timeout(60)
class OtherUserTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String NOBODY = "65534";

    private QmpFixture world;
    private Path open;
    private Process monitor;
    private BufferedReader said;

    @BeforeEach
    void start() throws Exception {
        world = new QmpFixture();
        Files.setPosixFilePermissions(world.root(), PosixFilePermissions.fromString("rwxr-xr-x"));
        open = Files.createDirectory(world.root().resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void close() throws Exception {
        if (monitor != null) {
            monitor.destroyForcibly().waitFor();
        }
        world.close();
    }

    @Test
    void guests_whenAnotherUsersProcessListens_isIgnoredAndToldNothing() throws Exception {
        assumeTrue(new HostProcesses(world.root()).ownUid() == 0, "only root can be two users");
        listen("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");
        try (Hypervisor hypervisor = configured()) {
            assertThat(hypervisor.guests(LONG)).isEmpty();
        }
        assertThat(said.readLine()).isEqualTo("heard 0");
    }

    /** What else there is in the way would be so here too. */
    @Test
    void guests_whenOurOwnProcessListens_isTalkedTo() throws Exception {
        listen();
        try (Hypervisor hypervisor = configured()) {
            assertThat(hypervisor.guests(LONG)).hasSize(1);
        }
        assertThat(said.readLine()).matches("heard [1-9][0-9]*");
    }

    private Hypervisor configured() {
        Hypervisor hypervisor = world.open();
        hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
        return hypervisor;
    }

    private void listen(String... as) throws IOException {
        List<String> command = new ArrayList<>(List.of(as));
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xshare:auto",
                "-cp",
                copyOfTheProgram().toString(),
                LoneMonitor.class.getName(),
                open.resolve("alpha.sock").toString()));
        monitor = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .directory(open.toFile())
                .start();
        said = monitor.inputReader();
        String first = said.readLine();
        assumeTrue(first != null, "the other user can run no Java here");
        assertThat(first).isEqualTo("listening");
        claim(monitor.pid());
    }

    /** Where every user can read it. */
    private Path copyOfTheProgram() throws IOException {
        String name = LoneMonitor.class.getName().replace('.', '/') + ".class";
        Path copy = open.resolve("classes").resolve(name);
        Files.createDirectories(copy.getParent());
        try (InputStream in =
                Objects.requireNonNull(LoneMonitor.class.getClassLoader().getResourceAsStream(name))) {
            Files.copy(in, copy);
        }
        return open.resolve("classes");
    }

    private void claim(long pid) throws IOException {
        Path folder = Files.createDirectories(world.root().resolve("proc/" + pid));
        Files.writeString(
                folder.resolve("cmdline"), "qemu-system-x86_64\0-name\0alpha\0-qmp\0unix:/open/alpha.sock,server\0");
        Files.writeString(folder.resolve("comm"), "qemu-system-x86\n");
        Files.writeString(
                folder.resolve("stat"), pid + " (q) S 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
    }
}
