package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fake daemon and a client of it, which leave nothing behind. A test has a thread that can be given up: the client waits
 * on, whoever interrupts.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class StoreTest {

    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(50);
    static final XenstorePath PORT = XenstorePath.of("/libxl/3/device/vusb/0/port/1");

    /** As usual, but sooner. */
    private static final Pace QUICK = new Pace(Duration.ofMillis(1), Duration.ofMillis(20), LONG, LONG);

    @TempDir
    private Path folder;

    FakeXenstored fake;
    Xenstore store;

    void open(Manners manners) {
        open(manners, QUICK);
    }

    void open(Manners manners, Pace pace) {
        fake = new FakeXenstored(folder, manners);
        XenstoreAddress address = fake.address();
        store = XenstoreClient.open(address::connect, address, pace);
    }

    /** One that gives up a connection without an answer so soon. */
    static Pace impatient(Duration patience) {
        return new Pace(Duration.ofMillis(1), Duration.ofMillis(20), LONG, patience);
    }

    @AfterEach
    void leaveNothingBehind() {
        if (store != null) {
            store.close();
        }
        if (fake != null) {
            fake.close();
        }
        await().untilAsserted(() -> assertThat(ownThreads()).isEmpty());
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("autousb-xenstore"))
                .toList();
    }

    static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** Waits until somebody has sent a request and waits for its answer. */
    static void awaitCallUnderWay() {
        await().until(() -> Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals(Pending.class.getName())
                        && frame.getMethodName().equals("await")));
    }

    static Deadline soon() {
        return Deadline.after(LONG);
    }

    NodeWriter nodes() {
        return store.by(soon());
    }

    /** Waits until the client is connected, so that no earlier failure is met. */
    void awaitConnection() {
        await().until(() -> {
            try {
                return nodes().read(XenstorePath.ROOT).isPresent();
            } catch (BackendException e) {
                return false;
            }
        });
    }

    static BackendException failure(Runnable call) {
        return catchThrowableOfType(BackendException.class, call::run);
    }

    static <T> CompletableFuture<T> inThread(Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    static <T> T result(CompletableFuture<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    static BackendException failure(CompletableFuture<?> call) throws Exception {
        try {
            Object unexpected = call.get(30, TimeUnit.SECONDS);
            throw new AssertionError("no failure but " + unexpected);
        } catch (ExecutionException e) {
            return (BackendException) e.getCause();
        }
    }
}
