package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import io.autousb.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StateFileTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final StoredState SOME = new StoredState(Map.of("a", "1"));
    private static final StoredState OTHER = new StoredState(Map.of("b", "2"));

    @TempDir
    private Path root;

    private Path folder;
    private Path file;
    private final FaultyDisk disk = new FaultyDisk();
    private StateFile state;

    @BeforeEach
    void make() {
        folder = root.resolve("own");
        file = folder.resolve("state");
        state = new StateFile(file, disk, new OwnPlace());
    }

    @Test
    void load_whenThereIsNoFolder_isEmptyAndMakesNone() throws IOException {
        assertThat(load()).isEqualTo(LoadedState.of(StoredState.EMPTY));
        assertThat(folder).doesNotExist();
    }

    @Test
    void load_ofASoundState_changesNothing() throws IOException {
        save(SOME);
        Files.delete(folder.resolve("state.lock"));
        load();
        assertThat(names()).containsExactly("state");
    }

    @Test
    void save_always_keepsOthersOut() throws IOException {
        save(SOME);
        assertThat(rights(folder)).isEqualTo("rwx------");
        assertThat(rights(file)).isEqualTo("rw-------");
        assertThat(rights(folder.resolve("state.lock"))).isEqualTo("rw-------");
    }

    @Test
    void save_inAFolderOfOurs_leavesItsRights() throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        save(SOME);
        assertThat(rights(folder)).isEqualTo("rwxr-xr-x");
        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void save_always_replacesOnlyByWhatIsSafe() throws IOException {
        save(SOME);
        assertThat(disk.steps())
                .containsExactly(
                        "force-folder " + root.getFileName(),
                        "delete state.new",
                        "create state.new",
                        "write",
                        "force-file",
                        "move state.new state",
                        "force-folder own");
    }

    @Test
    void save_whenTheFolderAboveIsMissing_saysWhich() {
        StateFile deep = new StateFile(root.resolve("none/own/state"), disk, new OwnPlace());
        assertThatThrownBy(() -> deep.save(SOME, Deadline.after(LONG)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none/own");
    }

    @Test
    void save_whenAnotherProgramMakesTheFolderMeanwhile_usesIt() throws IOException {
        StateFile late = new StateFile(file, new HostDisk(), new OwnPlace() {
            private boolean first = true;

            @Override
            Kind look(Path path) throws IOException {
                if (first) {
                    first = false;
                    Files.createDirectory(
                            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                    return Kind.NOTHING;
                }
                return super.look(path);
            }
        });
        late.save(SOME, Deadline.after(LONG));
        assertThat(load().state()).isEqualTo(SOME);
    }

    @Test
    void save_whenWritingFails_leavesNothingBehind() throws IOException {
        save(SOME);
        for (String step : List.of("create", "write", "force-file")) {
            disk.fail(step);
            assertThatThrownBy(() -> save(OTHER)).isInstanceOf(IOException.class);
            assertThat(names()).containsExactly("state", "state.lock");
            assertThat(load().state()).isEqualTo(SOME);
        }
    }

    @Test
    void save_whenOnlyTheFolderCannotBeMadeSafe_hasAnUnknownOutcome() throws IOException {
        save(SOME);
        disk.fail("force-folder");
        BackendException e = catchThrowableOfType(BackendException.class, () -> save(OTHER));
        assertThat(e.is(BackendException.IO)).isTrue();
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.remedy()).isNotBlank();
    }

    @Test
    void save_whenAnotherProgramHoldsTheLock_failsInTime() throws IOException {
        save(SOME);
        try (Flock held = Flock.tryLock(folder.resolve("state.lock")).orElseThrow()) {
            BackendException e = catchThrowableOfType(
                    BackendException.class, () -> state.save(OTHER, Deadline.after(Duration.ofMillis(30))));
            assertThat(e.is(BackendException.TIMEOUT)).isTrue();
            assertThat(e.outcomeUnknown()).isFalse();
            assertThat(e.where()).endsWith("state.lock");
            assertThat(load().state()).isEqualTo(SOME);
        }
    }

    @Test
    void load_ofWhatCannotBeUsed_keepsItBesideTheState() throws IOException {
        save(SOME);
        Files.writeString(file, "mine");
        BackendException found = load().unusable().orElseThrow();
        assertThat(found.code()).isEqualTo(BackendException.FOREIGN);
        assertThat(found.where()).isEqualTo(folder.resolve("state.bad-1").toString());
        assertThat(folder.resolve("state.bad-1")).hasContent("mine");
        assertThat(file).doesNotExist();
    }

    @Test
    void load_ofWhatCannotBeUsed_keepsTheLatestFew() throws IOException {
        save(SOME);
        Files.writeString(folder.resolve("state.bad-3"), "old");
        Files.writeString(folder.resolve("state.bad-12"), "older");
        Files.writeString(folder.resolve("state.bad-x"), "other");
        Files.writeString(folder.resolve("state.bad-99999999999999999999"), "other");
        for (int i = 13; i <= 20; i++) {
            Files.writeString(file, "number " + i);
            assertThat(load().unusable().orElseThrow().where()).endsWith("state.bad-" + i);
        }
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "state.lock",
                        "state.bad-16",
                        "state.bad-17",
                        "state.bad-18",
                        "state.bad-19",
                        "state.bad-20",
                        "state.bad-x",
                        "state.bad-99999999999999999999");
        assertThat(folder.resolve("state.bad-20")).hasContent("number 20");
    }

    @Test
    void load_ofWhatCannotBePutAside_leavesItAndSaysWhy() throws IOException {
        save(SOME);
        Files.writeString(file, "mine");
        disk.fail("move");
        BackendException found = load().unusable().orElseThrow();
        assertThat(found.what()).contains("something else").contains("cannot be put aside: No space left on device");
        assertThat(found.where()).isEqualTo(file.toString());
        assertThat(file).hasContent("mine");
    }

    @Test
    void save_overWhatCannotBePutAside_failsAndLeavesIt() throws IOException {
        save(SOME);
        Files.writeString(file, "mine");
        disk.fail("move");
        assertThatThrownBy(() -> save(OTHER)).isInstanceOf(IOException.class);
        assertThat(file).hasContent("mine");
    }

    @Test
    void load_whenAnotherProgramHoldsTheLock_reportsWhatCannotBeUsed() throws IOException {
        save(SOME);
        Files.writeString(file, "mine");
        try (Flock held = Flock.tryLock(folder.resolve("state.lock")).orElseThrow()) {
            BackendException found =
                    state.load(Deadline.after(Duration.ZERO)).unusable().orElseThrow();
            assertThat(found.what()).contains("another program holds the lock");
            assertThat(file).hasContent("mine");
        }
    }

    @Test
    void load_whenAnotherProgramSavesMeanwhile_takesWhatThatSaved() throws Exception {
        save(SOME);
        byte[] sound = Files.readAllBytes(file);
        Files.writeString(file, "mine");
        CompletableFuture<LoadedState> loaded = new CompletableFuture<>();
        try (Flock held = Flock.tryLock(folder.resolve("state.lock")).orElseThrow()) {
            Thread loader = new Thread(() -> {
                try {
                    loaded.complete(load());
                } catch (Throwable e) {
                    loaded.completeExceptionally(e);
                }
            });
            loader.start();
            Awaitility.await()
                    .until(() -> Stream.of(loader.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("parkNanos")));
            Files.write(file, sound);
        }
        assertThat(loaded.get(30, TimeUnit.SECONDS)).isEqualTo(LoadedState.of(SOME));
        assertThat(names()).containsExactly("state", "state.lock");
    }

    @Test
    void load_ofASymbolicLink_doesNotFollowIt() throws IOException {
        save(SOME);
        Path real = root.resolve("real");
        Files.move(file, real);
        Files.createSymbolicLink(file, real);
        LoadedState loaded = load();
        assertThat(loaded.state()).isEqualTo(StoredState.EMPTY);
        assertThat(loaded.unusable().orElseThrow().what()).contains("symbolic link");
        assertThat(real).exists();
    }

    @Test
    void save_whereThereIsASymbolicLink_leavesItsTarget() throws IOException {
        save(SOME);
        Path real = Files.writeString(root.resolve("real"), "mine");
        Files.delete(file);
        Files.createSymbolicLink(file, real);
        Files.createSymbolicLink(folder.resolve("state.new"), real);
        save(OTHER);
        assertThat(real).hasContent("mine");
        assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(load()).isEqualTo(LoadedState.of(OTHER));
    }

    @Test
    void load_ofAFolder_putsItAside() throws IOException {
        Files.createDirectories(file.resolve("full"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(load().unusable().orElseThrow().code()).isEqualTo(BackendException.FOREIGN);
        save(SOME);
        assertThat(load()).isEqualTo(LoadedState.of(SOME));
    }

    @Test
    void load_ofAPipe_doesNotWaitForIt() throws Exception {
        save(SOME);
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", "-m", "600", file.toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(load().unusable().orElseThrow().code()).isEqualTo(BackendException.FOREIGN);
    }

    @Test
    void load_whenTheFolderIsASymbolicLink_isRefused() throws IOException {
        save(SOME);
        Path link = Files.createSymbolicLink(root.resolve("link"), folder);
        StateFile linked = new StateFile(link.resolve("state"), disk, new OwnPlace());
        BackendException e = catchThrowableOfType(BackendException.class, () -> linked.load(Deadline.after(LONG)));
        assertThat(e.where()).isEqualTo(link.toString());
        assertThat(e.remedy()).contains("symbolic link");
    }

    @Test
    void load_whenTheFolderIsAFile_isRefused() throws IOException {
        Files.writeString(folder, "");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(this::load).isInstanceOf(BackendException.class).hasMessageContaining("is none");
    }

    @Test
    void load_whenOthersMayWriteToTheFolder_isRefusedWithTheRemedy() throws IOException {
        save(SOME);
        for (String rights : List.of("rwxrwx---", "rwx----w-")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
            assertRefused(this::load, folder, "chmod go-w");
            assertRefused(() -> save(OTHER), folder, "chmod go-w");
        }
    }

    @Test
    void load_whenOthersMayWriteToTheFile_isRefusedWithTheRemedy() throws IOException {
        save(SOME);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));
        assertRefused(this::load, file, "chmod go-w");
        assertRefused(() -> save(OTHER), file, "chmod go-w");
    }

    @Test
    void load_whenTheFolderBelongsToAnotherUser_isRefusedWithTheRemedy() throws IOException {
        save(SOME);
        chown(folder);
        assertRefused(this::load, folder, "chown");
        assertRefused(() -> save(OTHER), folder, "chown");
    }

    @Test
    void load_whenTheFileBelongsToAnotherUser_isRefusedWithTheRemedy() throws IOException {
        save(SOME);
        chown(file);
        assertRefused(this::load, file, "chown");
        assertRefused(() -> save(OTHER), file, "chown");
        assertThat(file).exists();
    }

    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    private static void assertRefused(Call call, Path where, String remedy) {
        BackendException e = catchThrowableOfType(BackendException.class, call::run);
        assertThat(e.is(BackendException.NO_PERMISSION)).isTrue();
        assertThat(e.where()).isEqualTo(where.toString());
        assertThat(e.remedy()).contains(remedy);
    }

    private static void chown(Path path) throws IOException {
        assumeTrue((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "only root may do that");
        Files.setAttribute(path, "unix:uid", 12345);
    }

    private LoadedState load() throws IOException {
        return state.load(Deadline.after(LONG));
    }

    private void save(StoredState content) throws IOException {
        state.save(content, Deadline.after(LONG));
    }

    private List<String> names() {
        return FileStateStoreFixture.names(folder);
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
