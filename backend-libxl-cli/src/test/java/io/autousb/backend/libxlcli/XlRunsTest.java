package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome.Cancelled;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.RunningCommand;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class XlRunsTest {

    private static final XenGuest WINDOWS = guest(1, "windows");
    private static final XenGuest OTHER = guest(2, "other");
    private static final List<String> ARGV = List.of("xl", "usb-list", "1");

    private final List<Slow> started = new CopyOnWriteArrayList<>();
    private final XlRuns runs = new XlRuns(command -> {
        Slow slow = new Slow(command, new CompletableFuture<>());
        started.add(slow);
        return slow;
    });

    /** A run that ends when a test says so. */
    private record Slow(Command command, CompletableFuture<CommandResult> end) implements RunningCommand {
        @Override
        public CommandResult await() {
            return end.join();
        }

        @Override
        public void close() {
            boolean ignored = end.complete(new CommandResult(new Cancelled(), CommandOutput.NONE, CommandOutput.NONE));
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
    void close_whileARunIsUnderWay_endsIt() {
        BackendException ignored = failureOfRun(WINDOWS);

        runs.close();

        assertThat(started.get(0).end()).isDone();
    }

    @Test
    void run_afterClose_failsWithClosed() {
        runs.close();

        assertThat(failureOfRun(WINDOWS).code()).isEqualTo(BackendException.CLOSED);
        assertThat(started).isEmpty();
    }
}
