package io.autousb.linux;

import static io.autousb.linux.OwnProcess.awaitIn;
import static io.autousb.linux.OwnProcess.descriptors;
import static io.autousb.linux.OwnProcess.inThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Also against {@code flock(1)} of util-linux, in a process of its own. */
@Timeout(60)
class FlockTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(30);

    @TempDir
    private Path folder;

    private Path file;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void name() {
        file = folder.resolve("a b.lock");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void tryLock_whenFree_keepsOtherProcessesOut() throws Exception {
        lock();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_whenFree_keepsThisProcessOutToo() throws Exception {
        lock();
        assertThat(Flock.tryLock(file)).isEmpty();
    }

    @Test
    void tryLock_whenAnotherProcessHoldsIt_isEmpty() throws Exception {
        holder("read line");
        assertThat(Flock.tryLock(file)).isEmpty();
        assertThat(Flock.tryLock(file, SHORT)).isEmpty();
    }

    @Test
    void tryLock_whenTheOtherProcessReleasesIt_getsIt() throws Exception {
        Process holder = holder("read line");
        CompletableFuture<Optional<Flock>> lock = inThread("waiter", () -> Flock.tryLock(file, LONG));
        awaitIn("waiter", "parkNanos");
        holder.getOutputStream().close();
        assertThat(kept(lock)).isPresent();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_whenTheOtherProcessRemovesTheFileFirst_locksTheNewOne() throws Exception {
        Process holder = holder("read line; rm \"$1\"");
        CompletableFuture<Optional<Flock>> lock = inThread("waiter", () -> Flock.tryLock(file, LONG));
        awaitIn("waiter", "parkNanos");
        holder.getOutputStream().close();
        assertThat(kept(lock)).isPresent();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_whenTheFileIsReplacedAfterItWasOpened_locksTheNewOne() throws Exception {
        Optional<Flock> lock = tryLockReplacing(1);
        assertThat(lock).isPresent();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_whenTheFileIsReplacedAgainAndAgain_isEmpty() throws Exception {
        assertThat(tryLockReplacing(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void tryLock_whenTheFileIsRemovedAfterItWasOpened_locksTheNewOne() throws Exception {
        List<Path> removed = new ArrayList<>();
        Optional<Flock> lock = Flock.tryLock(file, Deadline.after(Duration.ZERO), () -> {
            if (removed.isEmpty()) {
                remove(file);
                removed.add(file);
            }
        });
        lock.ifPresent(open::add);
        assertThat(lock).isPresent();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_ofAFileThatIsThere_leavesItAsItIs() throws Exception {
        Files.writeString(file, "mine");
        lock().close();
        assertThat(file).hasContent("mine");
    }

    @Test
    void tryLock_whenThereIsNoFile_makesOneThatNobodyElseCanLock() throws Exception {
        lock();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void tryLock_whenThereIsNoFolder_saysSo() {
        assertThatThrownBy(() -> Flock.tryLock(folder.resolve("none/lock"), LONG))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none/lock");
    }

    @Test
    void tryLock_ofASymbolicLink_doesNotFollowIt() throws Exception {
        Path target = folder.resolve("target");
        Files.createSymbolicLink(file, target);
        assertThatThrownBy(() -> Flock.tryLock(file, LONG))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("symbolic link");
        assertThat(target).doesNotExist();
    }

    @Test
    void tryLock_ofAPipe_failsAtOnce() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> Flock.tryLock(file, LONG))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no regular file");
    }

    @Test
    void tryLock_always_keepsTheDescriptorFromChildren() throws Exception {
        lock();
        String flags = Files.readString(Path.of("/proc/self/fdinfo").resolve(descriptorOf(file)))
                .lines()
                .filter(line -> line.startsWith("flags:"))
                .findFirst()
                .orElseThrow()
                .substring("flags:".length())
                .strip();
        assertThat(Long.parseLong(flags, 8) & Libc.O_CLOEXEC).isNotZero();
    }

    @Test
    void tryLock_whenInterruptedWhileWaiting_saysSo() throws Exception {
        holder("read line");
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = inThread("waiter", () -> {
            thread.complete(Thread.currentThread());
            assertThatThrownBy(() -> Flock.tryLock(file, LONG)).isInstanceOf(InterruptedIOException.class);
            return Thread.currentThread().isInterrupted();
        });
        awaitIn("waiter", "parkNanos");
        thread.get().interrupt();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tryLock_whenInterruptedBefore_stillTries() throws Exception {
        Thread.currentThread().interrupt();
        Optional<Flock> lock = Flock.tryLock(file, LONG);
        assertThat(Thread.interrupted()).isTrue();
        lock.ifPresent(open::add);
        assertThat(lock).isPresent();
    }

    @Test
    void tryLock_howeverItEnds_freesTheDescriptor() throws Exception {
        lock().close();
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Flock holder = lock();
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            assertThat(Flock.tryLock(file)).isEmpty();
            assertThatThrownBy(() -> Flock.tryLock(link)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> Flock.tryLock(pipe)).isInstanceOf(IOException.class);
        }
        holder.close();
        for (int i = 0; i < 50; i++) {
            Flock.tryLock(file).orElseThrow().close();
            Flock.tryLock(file).orElseThrow().removeAndClose();
            assertThat(tryLockReplacing(Integer.MAX_VALUE)).isEmpty();
        }
        assertThat(descriptors()).isLessThan(before + 25);
    }

    @Test
    void tryLock_ofADescriptor_keepsOtherProcessesOut() throws Exception {
        int fd = descriptor();
        open.add(Flock.tryLock(fd, Duration.ZERO).orElseThrow());
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void tryLock_ofADescriptorWhenAnotherProcessHoldsIt_isEmpty() throws Exception {
        int fd = descriptor();
        holder("read line");
        assertThat(Flock.tryLock(fd, SHORT)).isEmpty();
    }

    @Test
    void tryLock_ofADescriptorThatIsNotOpen_fails() {
        assertThatThrownBy(() -> Flock.tryLock(-1, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Bad file descriptor");
    }

    @Test
    void close_ofADescriptorsLock_unlocksAndLeavesItOpen() throws Exception {
        int fd = descriptor();
        Flock.tryLock(fd, Duration.ZERO).orElseThrow().close();
        assertThat(isFreeForOthers()).isTrue();
        assertThat(FileCalls.status(fd).isRegularFile()).isTrue();
    }

    @Test
    void close_always_letsOthersInAndLeavesTheFile() throws Exception {
        lock().close();
        assertThat(file).exists();
        assertThat(isFreeForOthers()).isTrue();
    }

    @Test
    void close_whenClosedBefore_doesNothing() throws Exception {
        Flock lock = lock();
        lock.close();
        Flock next = lock();
        lock.close();
        lock.removeAndClose();
        assertThat(file).exists();
        assertThat(isFreeForOthers()).isFalse();
        next.close();
    }

    @Test
    void removeAndClose_always_removesTheFile() throws Exception {
        lock().removeAndClose();
        assertThat(file).doesNotExist();
    }

    @Test
    void removeAndClose_whenSomebodyWaits_letsItLockANewFile() throws Exception {
        Flock lock = lock();
        CompletableFuture<Optional<Flock>> next = inThread("waiter", () -> Flock.tryLock(file, LONG));
        awaitIn("waiter", "parkNanos");
        lock.removeAndClose();
        assertThat(kept(next)).isPresent();
        assertThat(file).exists();
        assertThat(isFreeForOthers()).isFalse();
    }

    @Test
    void removeAndClose_whenAnotherFileIsInPlace_leavesThat() throws Exception {
        Flock lock = lock();
        remove(file);
        Flock next = lock();
        lock.removeAndClose();
        assertThat(file).exists();
        assertThat(isFreeForOthers()).isFalse();
        next.close();
    }

    @Test
    void removeAndClose_whenManyTakeTurns_letsOneInAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(inThread("turn", () -> {
                for (int turns = 0; turns < 2000; ) {
                    Optional<Flock> lock = Flock.tryLock(file);
                    if (lock.isPresent()) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.yield();
                        inside.decrementAndGet();
                        lock.get().removeAndClose();
                        turns++;
                    }
                }
                return true;
            }));
        }
        for (CompletableFuture<Boolean> each : all) {
            assertThat(each.get(50, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void removeAndClose_whenTheFileIsGone_releasesTheLock() throws Exception {
        Flock lock = lock();
        remove(file);
        int before = descriptors();
        lock.removeAndClose();
        assertThat(descriptors()).isLessThan(before);
    }

    @Test
    void removeAndClose_ofADescriptorsLock_isRefused() throws Exception {
        Flock lock = Flock.tryLock(descriptor(), Duration.ZERO).orElseThrow();
        open.add(lock);
        assertThatThrownBy(lock::removeAndClose).isInstanceOf(IllegalStateException.class);
    }

    private Flock lock() throws IOException {
        Flock lock = Flock.tryLock(file).orElseThrow();
        open.add(lock);
        return lock;
    }

    /** Tries to lock a file that another one replaces so many times just after it was opened. */
    private Optional<Flock> tryLockReplacing(int times) throws IOException {
        int[] left = {times};
        Optional<Flock> lock = Flock.tryLock(file, Deadline.after(Duration.ZERO), () -> {
            if (left[0]-- > 0) {
                replace(file);
            }
        });
        lock.ifPresent(open::add);
        return lock;
    }

    private static void replace(Path file) {
        try {
            Path other = file.resolveSibling("other");
            Files.writeString(other, "", StandardOpenOption.CREATE_NEW);
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int descriptor() throws IOException {
        Files.createFile(file);
        int fd = FileCalls.open(file, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        open.add(() -> Libc.close(fd));
        return fd;
    }

    /** Whether another process gets the lock. */
    private boolean isFreeForOthers() throws Exception {
        return new ProcessBuilder("flock", "-xn", file.toString(), "true")
                        .start()
                        .waitFor()
                == 0;
    }

    /** Another process that holds the lock until its script ends. */
    private Process holder(String script) throws IOException {
        Process process = new ProcessBuilder(
                        "flock", "-x", file.toString(), "sh", "-c", "echo held; " + script, "sh", file.toString())
                .start();
        open.add(process::destroy);
        assertThat(new BufferedReader(process.inputReader()).readLine()).isEqualTo("held");
        return process;
    }

    private Optional<Flock> kept(CompletableFuture<Optional<Flock>> lock) throws Exception {
        Optional<Flock> result = lock.get(30, TimeUnit.SECONDS);
        result.ifPresent(open::add);
        return result;
    }

    private static String descriptorOf(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(fd -> leadsTo(fd, file))
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.isSameFile(link, file);
        } catch (IOException e) {
            return false;
        }
    }
}
