package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.RunningCommand;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XlRunsTest {

    private static final XenGuest WINDOWS = guest(1, "windows");
    private static final XenGuest OTHER = guest(2, "other");
    private static final List<String> ARGV = List.of("xl", "usb-list", "1");

    private final List<Slow> started = new CopyOnWriteArrayList<>();
    private final XlRuns runs = new XlRuns(command -> {
        Slow slow = new Slow(command, new CompletableFuture<>(), new AtomicInteger());
        started.add(slow);
        return slow;
    });

    /** A run that ends when a test says so. */
    private record Slow(Command command, CompletableFuture<CommandResult> end, AtomicInteger closed)
            implements RunningCommand {
        @Override
        public CommandResult await() {
            return end.join();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            boolean ignored =
                    end.complete(new CommandResult(CommandOutcome.CANCELLED, CommandOutput.NONE, CommandOutput.NONE));
        }
    }

    private static XenGuest guest(int domid, String name) {
        return XenGuest.builder(domid, new UUID(1, domid), name).build();
    }

    private static Deadline in(int millis) {
        return Deadline.after(Duration.ofMillis(millis));
    }

    private BackendException failureOfRun(XenGuest guest) {
        return catchThrowableOfType(BackendException.class, () -> runs.run(guest, ARGV, in(50)));
    }

    private static long callersIn(String thread, String method) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().equals(thread))
                .filter(each -> Arrays.stream(each.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals(method)))
                .count();
    }

    private static boolean isFollower(Thread thread) {
        return thread.isAlive() && thread.getName().equals("autousb-xl-1");
    }

    private CompletableFuture<CommandResult> inThread(Deadline deadline) {
        return CompletableFuture.supplyAsync(
                () -> runs.run(WINDOWS, ARGV, deadline), task -> new Thread(task, "caller").start());
    }

    private static BackendException failure(CompletableFuture<?> call) {
        return (BackendException)
                catchThrowableOfType(CompletionException.class, call::join).getCause();
    }

    @AfterEach
    void close() {
        runs.close();
    }

    @Test
    void run_thatTakesLonger_failsInTimeWithoutEndingXl() {
        BackendException failure = failureOfRun(WINDOWS);

        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(started.get(0).end()).isNotDone();
    }

    @Test
    void run_thatTakesLonger_leavesTimeForLookingAfterIt() {
        Deadline deadline = in(3000);

        BackendException failure =
                catchThrowableOfType(BackendException.class, () -> runs.run(WINDOWS, ARGV, deadline));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(deadline.remainingNanos()).isPositive();
    }

    @Test
    void run_afterItsEnd_closesTheCommandAndLetsTheNextBegin() {
        for (int i = 1; i <= 3; i++) {
            CompletableFuture<CommandResult> call = inThread(in(10_000));
            int count = i;
            Awaitility.await().until(() -> started.size() == count);
            started.get(i - 1).end().complete(FakeXl.exited(i, ""));
            assertThat(call.join().outcome()).isEqualTo(CommandOutcome.exited(i));
        }

        Awaitility.await()
                .untilAsserted(() -> assertThat(started)
                        .extracting(each -> each.closed().get())
                        .containsExactly(1, 1, 1));
    }

    @Test
    void run_whenItIsNotKnownHowItEnded_failsWithUnknownOutcomeAndLetsTheNextBegin() {
        CompletableFuture<CommandResult> call = inThread(in(10_000));
        Awaitility.await().until(() -> started.size() == 1);
        started.get(0).end().completeExceptionally(new IllegalStateException("lost"));

        BackendException failure = failure(call);

        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failureOfRun(WINDOWS).outcomeUnknown()).isTrue();
        assertThat(started).hasSize(2);
    }

    @Test
    void run_whenInterrupted_hasUnknownOutcomeAndKeepsTheInterrupt() {
        CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(
                () -> {
                    Thread.currentThread().interrupt();
                    BackendException failure =
                            catchThrowableOfType(BackendException.class, () -> runs.run(WINDOWS, ARGV, in(10_000)));
                    assertThat(failure.outcomeUnknown()).isTrue();
                    assertThat(failure.what()).contains("interrupted");
                    return Thread.currentThread().isInterrupted();
                },
                task -> new Thread(task, "caller").start());

        assertThat(interrupted.join()).isTrue();
    }

    /** Each has waited for the first. */
    @Test
    void run_whenSeveralHaveWaited_areOneAtATime() {
        BackendException ignored = failureOfRun(WINDOWS);
        List<CompletableFuture<CommandResult>> waiting = List.of(inThread(in(20_000)), inThread(in(20_000)));
        Awaitility.await().until(() -> callersIn("caller", "awaitIdle") == 2);

        started.get(0).end().complete(FakeXl.exited(0, ""));

        for (int i = 1; i <= 2; i++) {
            int count = i + 1;
            Awaitility.await().until(() -> started.size() == count);
            assertThat(started.stream().filter(each -> !each.end().isDone())).hasSize(1);
            started.get(i).end().complete(FakeXl.exited(0, ""));
        }
        assertThat(waiting).allMatch(each -> each.join().succeeded());
    }

    @Test
    void run_whileUnderWay_keepsNoProgramAlive() {
        BackendException ignored = failureOfRun(WINDOWS);

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(XlRunsTest::isFollower)
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void run_hasMoreTimeThanLibxlTakes() {
        BackendException ignored = failureOfRun(WINDOWS);

        assertThat(started.get(0).command().timeout()).isGreaterThan(Duration.ofSeconds(10));
    }

    @Test
    void run_whileAnotherIsUnderWay_startsNothing() {
        BackendException ignored = failureOfRun(WINDOWS);

        BackendException failure = failureOfRun(WINDOWS);

        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(started).hasSize(1);
    }

    @Test
    void run_forAnotherGuest_doesNotWait() {
        BackendException first = failureOfRun(WINDOWS);

        BackendException second = failureOfRun(OTHER);

        assertThat(first.outcomeUnknown()).isTrue();
        assertThat(second.outcomeUnknown()).isTrue();
        assertThat(started).hasSize(2);
    }

    @Test
    void awaitIdle_afterTheRunHasEnded_returns() {
        BackendException ignored = failureOfRun(WINDOWS);
        started.get(0).close();

        runs.awaitIdle(WINDOWS, in(10_000));

        assertThat(started).hasSize(1);
    }

    @Test
    void awaitIdle_whileARunIsUnderWay_failsKnowingly() {
        BackendException ignored = failureOfRun(WINDOWS);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> runs.awaitIdle(WINDOWS, in(50)));

        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void awaitIdle_whenItIsNotKnownHowTheRunEnded_returns() {
        BackendException ignored = failureOfRun(WINDOWS);
        started.get(0).end().completeExceptionally(new IllegalStateException("lost"));

        runs.awaitIdle(WINDOWS, in(10_000));

        assertThat(started).hasSize(1);
    }

    /** libxl takes back what it began, if it may end by itself. */
    @Test
    void close_whileARunIsUnderWay_givesItAMoment() {
        BackendException ignored = failureOfRun(WINDOWS);
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(runs::close, task -> new Thread(task, "closer").start());
        Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> callersIn("closer", "hasEnded") == 1);

        started.get(0).end().complete(FakeXl.exited(0, ""));

        closing.join();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(XlRunsTest::isFollower);
    }

    @Test
    void close_whileARunIsUnderWay_endsIt() {
        BackendException ignored = failureOfRun(WINDOWS);

        runs.close();

        assertThat(started.get(0).end()).isDone();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(XlRunsTest::isFollower);
    }

    @Test
    void run_afterClose_failsWithClosed() {
        runs.close();

        assertThat(failureOfRun(WINDOWS).code()).isEqualTo(BackendException.CLOSED);
        assertThat(started).isEmpty();
    }
}
