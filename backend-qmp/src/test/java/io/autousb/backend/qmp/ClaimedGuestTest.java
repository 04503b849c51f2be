package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests that are found by their name: anybody can write anything into a process' arguments. */
@Timeout(60)
class ClaimedGuestTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    /** This process listens on all sockets of the test. */
    private static final int PID = (int) ProcessHandle.current().pid();

    private static final int OTHER = PID + 1;

    private QmpFixture world;
    private Hypervisor hypervisor;

    @BeforeEach
    void open() throws Exception {
        world = new QmpFixture();
        hypervisor = world.open();
    }

    @AfterEach
    void close() {
        hypervisor.close();
        world.close();
    }

    @Test
    void guests_whenProcessListensItself_isUsed() throws Exception {
        world.start("alpha");
        process(PID, "/alpha.sock");
        hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
        assertThat(hypervisor.guests(LONG)).singleElement().satisfies(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.RUNNING);
            assertThat(guest.id().key()).isEqualTo(world.root() + "/alpha.sock");
        });
    }

    @Test
    void guests_whenProcessNamesTheMonitorOfAnother_isIgnoredAndThatOneLeftAlone() throws Exception {
        world.start("beta");
        process(OTHER, "/beta.sock");
        hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
        assertThat(hypervisor.guests(LONG)).isEmpty();
        assertThat(world.guest("beta").commands()).isEmpty();
    }

    @Test
    void guests_whenAnImpostorHasTheName_servesTheTrueOne() throws Exception {
        world.start("alpha");
        world.start("beta");
        process(1, "/beta.sock");
        process(2);
        process(PID, "/alpha.sock");
        hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
        assertThat(hypervisor.guests(LONG)).singleElement().satisfies(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.RUNNING);
            assertThat(guest.id().key()).endsWith("/alpha.sock");
        });
        assertThat(world.guest("beta").commands()).isEmpty();
    }

    @Test
    void connect_whenTwoProcessesAreWhatTheyClaim_asksWhichOne() throws Exception {
        world.start("alpha");
        world.start("beta");
        List<MonitorSearch.Claim> twins = List.of(
                new MonitorSearch.Claim(PID, "1", List.of(world.root().resolve("alpha.sock"))),
                new MonitorSearch.Claim(PID, "2", List.of(world.root().resolve("beta.sock"))));
        try (MonitorConnector connector = connector(() -> new MonitorSearch.Claims(twins))) {
            MonitorConnector.Result result =
                    connector.connect(Duration.ZERO, () -> false, shown -> {}, new DeafObserver());
            assertThat(result.link()).isNull();
            assertThat(result.id()).isNotNull();
            assertThat(result.trouble()).hasMessageContaining("which one").hasMessageContaining("-s");
        }
        assertThat(world.guest("alpha").commands()).isEmpty();
        assertThat(world.guest("beta").commands()).isEmpty();
    }

    @Test
    void guests_whenFirstMonitorIsBusy_hasTheSameIdThroughTheSecond() throws Exception {
        world.start("alpha");
        world.start("second");
        process(PID, "/alpha.sock", "/second.sock");
        try (Hypervisor other = world.open()) {
            other.configure(List.of(world.spec("alpha")));
            Awaitility.await().until(() -> other.guests(LONG).stream().anyMatch(ClaimedGuestTest::runs));
            hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
            Awaitility.await().until(() -> hypervisor.guests(LONG).stream().anyMatch(ClaimedGuestTest::runs));
            Guest guest = hypervisor.guests(LONG).get(0);
            assertThat(guest.id().key()).isEqualTo(world.root() + "/alpha.sock");
            assertThat(hypervisor.inspect(guest, LONG).guest()).isEqualTo(guest);
        }
    }

    @Test
    void guests_whenOnlyAMuteProcessHasTheName_isUnknownWithRemedy() throws Exception {
        process(PID);
        hypervisor.configure(List.of(new GuestSpec("alpha", Map.of())));
        Guest guest = hypervisor.guests(LONG).get(0);
        assertThat(guest.state()).isEqualTo(GuestState.UNKNOWN);
        BackendException failure = catchThrowableOfType(BackendException.class, () -> hypervisor.inspect(guest, LONG));
        assertThat(failure.remedy()).contains("-qmp unix:");
    }

    private static boolean runs(Guest guest) {
        return guest.state() == GuestState.RUNNING;
    }

    private MonitorConnector connector(MonitorSearch search) {
        return new MonitorConnector(search, new HostProcesses(world.root()), Duration.ofMillis(200));
    }

    private void process(int pid, String... sockets) throws Exception {
        Path folder = Files.createDirectories(world.root().resolve("proc/" + pid));
        StringBuilder arguments = new StringBuilder("qemu-system-x86_64\0-name\0alpha\0");
        for (String socket : sockets) {
            arguments.append("-qmp\0unix:").append(socket).append(",server\0");
        }
        Files.writeString(folder.resolve("cmdline"), arguments);
        Files.writeString(folder.resolve("comm"), "qemu-system-x86\n");
        Files.writeString(
                folder.resolve("stat"), pid + " (q) S 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
    }

    /** Hears nothing. */
    private static final class DeafObserver implements MonitorConnector.Observer {
        @Override
        public void sighted(io.autousb.domain.model.GuestId id, String instance) {}

        @Override
        public void stateMayHaveChanged() {}

        @Override
        public void attachmentsMayHaveChanged(io.autousb.domain.model.GuestId id) {}

        @Override
        public void ended(BackendException why) {}
    }
}
