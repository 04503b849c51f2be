package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StoredState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileStateStoreTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final StoredState FIRST = new StoredState(Map.of("k", "first"));
    private static final StoredState SECOND = new StoredState(Map.of("k", "second"));

    @TempDir
    private Path root;

    private final FaultyDisk disk = new FaultyDisk();
    private FileStateStore store;

    @AfterEach
    void close() {
        disk.hang(false);
        store.close();
    }

    @Test
    void save_thatHasToWaitBehindOneThatHangs_isNotMadeLater() throws Exception {
        open(new OwnPlace());
        store.save(StoredState.EMPTY, LONG);
        disk.hang(true);
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> store.save(FIRST, LONG));
        Awaitility.await().until(disk::hasHung);

        BackendException second = failure(SECOND, SHORT);

        assertThat(second.is(BackendException.TIMEOUT)).isTrue();
        assertThat(second.outcomeUnknown()).isFalse();
        disk.hang(false);
        first.get(30, TimeUnit.SECONDS);
        assertThat(store.load(LONG).state()).isEqualTo(FIRST);
    }

    @Test
    void save_whenInterrupted_isMadeAndLeavesTheInterrupt() {
        open(new OwnPlace());
        Thread.currentThread().interrupt();
        store.save(FIRST, LONG);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load(LONG).state()).isEqualTo(FIRST);
    }

    @Test
    void load_withoutTheRightToRead_saysWhatToDo() {
        openWith(new AccessDeniedException("/secret"));
        BackendException e = catchThrowableOfType(BackendException.class, () -> store.load(LONG));
        assertThat(e.is(BackendException.NO_PERMISSION)).isTrue();
        assertThat(e).hasMessageContaining("the state cannot be read: permission denied");
        assertThat(e.remedy()).contains("run as root");
    }

    @Test
    void load_withoutJna_saysWhatToDo() {
        open(new OwnPlace() {
            @Override
            Kind look(Path path) {
                throw new UnsatisfiedLinkError("failed to map segment");
            }
        });
        BackendException e = catchThrowableOfType(BackendException.class, () -> store.load(LONG));
        assertThat(e.remedy()).contains("jna.tmpdir");
    }

    @Test
    void save_whenTheFolderAboveIsMissing_saysWhichIsMissing() {
        Path file = root.resolve("none/own/state");
        store = new FileStateStore(file, new StateFile(file, disk, new OwnPlace()));
        BackendException e = catchThrowableOfType(BackendException.class, () -> store.save(FIRST, LONG));
        assertThat(e).hasMessageContaining("there is no " + file.getParent());
        assertThat(Files.exists(root.resolve("none"))).isFalse();
    }

    @Test
    void save_onADiskThatIsFull_saysSo() {
        open(new OwnPlace());
        disk.fail("write");
        assertThat(failure(FIRST, LONG)).hasMessageContaining("the state cannot be saved: No space left on device");
    }

    private BackendException failure(StoredState state, Duration timeout) {
        return catchThrowableOfType(BackendException.class, () -> store.save(state, timeout));
    }

    private void openWith(IOException failure) {
        open(new OwnPlace() {
            @Override
            Kind look(Path path) throws IOException {
                throw failure;
            }
        });
    }

    private void open(OwnPlace place) {
        Path file = root.resolve("own").resolve("state");
        store = new FileStateStore(file, new StateFile(file, disk, place));
    }
}
