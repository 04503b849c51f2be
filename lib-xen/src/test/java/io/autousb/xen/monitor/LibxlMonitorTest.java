package io.autousb.xen.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.Flock;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.MemoryXenstore.Operation;
import io.autousb.xen.guest.XenGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LibxlMonitorTest {

    @TempDir
    private Path root;

    private final MemoryXenstore store = new MemoryXenstore();
    private XenGuest guest = FakeGuests.hvm(store, 7, "windows");
    private Path file = Path.of("/");

    @BeforeEach
    void makeFolder() throws IOException {
        Path folder = Files.createDirectories(root.resolve("var/lib/xen"));
        file = folder.resolve("userdata-l.7." + guest.uuid() + ".qmp-socket-lock");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private LibxlMonitor.Turn take(Duration timeout) {
        return new LibxlMonitor(store, root).take(guest, Deadline.after(timeout));
    }

    private BackendException failure() {
        return catchThrowableOfType(BackendException.class, () -> take(Duration.ZERO));
    }

    @Test
    void take_holdsLibxlsLockUntilItIsClosed() throws IOException {
        try (LibxlMonitor.Turn turn = take(Duration.ZERO)) {
            assertThat(turn.socket()).isEqualTo(root.resolve("run/xen/qmp-libxl-7"));
            assertThat(Flock.tryLock(file)).isEmpty();
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void close_again_leavesTheLockOfTheNext() throws IOException {
        LibxlMonitor.Turn turn = take(Duration.ZERO);
        turn.close();
        try (Flock next = Flock.tryLock(file).orElseThrow()) {
            turn.close();

            assertThat(file).exists();
            assertThat(next).isNotNull();
        }
    }

    @Test
    void take_whileAnotherHasIt_failsWithBusyAndTheRemedy() throws IOException {
        try (Flock other = Flock.tryLock(file).orElseThrow()) {
            BackendException why = failure();

            assertThat(other).isNotNull();
            assertThat(why.code()).isEqualTo(BackendException.BUSY);
            assertThat(why.remedy()).contains(file.toString());
        }
    }

    @Test
    void take_ofAGuestThatIsGone_failsAndLeavesNoFile() {
        FakeGuests.destroy(store, guest);

        assertThat(failure().code()).isEqualTo(BackendException.GUEST_GONE);
        assertThat(file).doesNotExist();
    }

    @Test
    void take_ofAGuestThatGoesWhileItIsWaitedFor_failsAndLeavesNoFile() {
        AtomicBoolean locked = new AtomicBoolean();
        store.interfere((operation, where) -> {
            if (operation == Operation.READ && where.endsWith("/vm")) {
                locked.set(Files.exists(file));
                store.drop("/local/domain/7");
            }
        });

        assertThat(failure().code()).isEqualTo(BackendException.GUEST_GONE);
        assertThat(locked).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void take_whenXenstoreFails_releasesTheLock() {
        store.interfere((operation, where) -> {
            throw BackendException.of(BackendException.IO, "no connection").build();
        });

        assertThat(failure().code()).isEqualTo(BackendException.IO);
        store.interfere((operation, where) -> {});
        take(Duration.ZERO).close();
    }

    @Test
    void take_withoutLibxlsFolder_failsWithTheRemedy() throws IOException {
        Files.delete(file.getParent());

        assertThat(failure().code()).isEqualTo(BackendException.IO);
        assertThat(failure().remedy()).contains("/var/lib/xen");
    }

    @Test
    void take_whenTheFileIsALink_fails() throws IOException {
        Files.createSymbolicLink(file, root.resolve("elsewhere"));

        assertThat(failure().code()).isEqualTo(BackendException.IO);
        assertThat(root.resolve("elsewhere")).doesNotExist();
    }
}
