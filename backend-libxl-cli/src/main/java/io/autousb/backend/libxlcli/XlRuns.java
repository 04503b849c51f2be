package io.autousb.backend.libxlcli;

import io.autousb.api.Command;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs {@code xl}, one run for a guest at a time. A run that takes longer than its caller can wait is not ended: libxl
 * gives up after 10 s by itself, and takes back then what it has written to xenstore, which it could not when it is killed
 * ({@code LIBXL_QMP_CMD_TIMEOUT}, {@code device_usbdev_add_qmp_cb}). The next call for the guest waits for it.
 *
 * <p>Thread-safe. Has a thread for each run.
 */
final class XlRuns implements AutoCloseable {

    /** Longer than libxl waits for anything: of a run that takes longer nothing is to be expected. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Of what is left, for looking at xenstore after it. */
    private static final int SPARE_PART = 10;

    private static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

    private final CommandRunner commands;
    private final Map<String, Run> underWay = new HashMap<>();
    private boolean closed;

    private record Run(RunningCommand command, CompletableFuture<CommandResult> result, Thread follower) {}

    XlRuns(CommandRunner commands) {
        this.commands = commands;
    }

    /**
     * Runs it, and waits until it has ended.
     *
     * @param guest the guest that it is about
     * @param argv what to run
     * @param deadline by when
     * @return how it ended
     * @throws BackendException {@code TIMEOUT} with an unknown outcome if it had not ended by the deadline; without one if
     *     an earlier run had not, and it was not started at all
     */
    CommandResult run(XenGuest guest, List<String> argv, Deadline deadline) {
        Run run = start(guest, argv, deadline);
        if (!hasEnded(run, deadline.earlier(deadline.remaining().dividedBy(SPARE_PART)))) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            throw BackendException.of(
                            BackendException.TIMEOUT,
                            interrupted ? "waiting for xl was interrupted" : "xl has not ended in time")
                    .where(guest)
                    .remedy("see what holds up xl (xl list, xenstored, a program at the guest's monitor)")
                    .outcomeUnknown()
                    .build();
        }
        try {
            return run.result().join();
        } catch (CompletionException e) {
            throw BackendException.of(BackendException.IO, "it is not known how xl has ended")
                    .where(guest)
                    .outcomeUnknown()
                    .cause(e)
                    .build();
        }
    }

    /**
     * Waits until no run for a guest is under way, however it ends.
     *
     * @param guest the guest
     * @param deadline by when
     * @throws BackendException {@code TIMEOUT} if one still is
     */
    void awaitIdle(XenGuest guest, Deadline deadline) {
        Run run;
        synchronized (underWay) {
            run = underWay.get(guest.instance());
        }
        if (run != null && !hasEnded(run, deadline)) {
            throw BackendException.of(BackendException.TIMEOUT, "xl is still at work for the guest")
                    .where(guest)
                    .build();
        }
    }

    /** Starts it when no other is under way: also when several have waited for that. */
    private Run start(XenGuest guest, List<String> argv, Deadline deadline) {
        while (true) {
            awaitIdle(guest, deadline);
            synchronized (underWay) {
                if (!underWay.containsKey(guest.instance())) {
                    return start(guest, argv);
                }
            }
        }
    }

    /** To be called with the lock held. */
    private Run start(XenGuest guest, List<String> argv) {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the hypervisor xl has been closed")
                    .retry(Retry.NEVER)
                    .build();
        }
        RunningCommand command = commands.start(new Command(argv, PATIENCE));
        CompletableFuture<CommandResult> result = new CompletableFuture<>();
        Thread follower = new Thread(() -> follow(guest, command, result), "autousb-xl-" + guest.domid());
        follower.setDaemon(true);
        Run run = new Run(command, result, follower);
        underWay.put(guest.instance(), run);
        follower.start();
        return run;
    }

    private void follow(XenGuest guest, RunningCommand running, CompletableFuture<CommandResult> result) {
        try (RunningCommand command = running) {
            CommandResult how = command.await();
            ended(guest);
            result.complete(how);
        } catch (RuntimeException | Error e) {
            ended(guest);
            result.completeExceptionally(e);
        }
    }

    private void ended(XenGuest guest) {
        synchronized (underWay) {
            underWay.remove(guest.instance());
        }
    }

    private static boolean hasEnded(Run run, Deadline deadline) {
        try {
            Object ignored = run.result().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives what is under way a moment to end by itself, then ends it. What it leaves is repaired at the next start. */
    @Override
    public void close() {
        List<Run> left;
        synchronized (underWay) {
            closed = true;
            left = List.copyOf(underWay.values());
        }
        Deadline patience = Deadline.after(LAST_PATIENCE);
        for (Run run : left) {
            if (!hasEnded(run, patience)) {
                run.command().close();
            }
            join(run.follower());
        }
    }

    private static void join(Thread follower) {
        try {
            follower.join(LAST_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
