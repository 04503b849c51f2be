package io.autousb.linux;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandResult;
import io.autousb.api.RunningCommand;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process whose output is taken until it ends or is ended. Whoever waits for it does the work; it
 * needs no thread of its own.
 */
final class ChildProcess implements RunningCommand {

    /** What it has to end by itself when it is asked to. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** What the kernel has to end it; a process that waits for a broken device may take for ever. */
    private static final Duration KILLING = Duration.ofMillis(500);

    /** The ends of programs that are no children of ours are not told, but have to be looked for. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    /** As in a shell, its sum with the number of the signal, of which there are 64. */
    private static final int SIGNAL_BASE = 128;

    private static final int MAX_SIGNAL = 64;

    private final Process process;
    private final ChildOutput output;
    private final Deadline deadline;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Supplier<CommandResult> result;
    private volatile boolean cancelled;

    /** The output is this object's to close. */
    ChildProcess(Process process, ChildOutput output, Deadline deadline) {
        this.process = process;
        this.output = output;
        this.deadline = deadline;
        CompletableFuture<Void> ignored = process.onExit().thenRun(output::wake);
    }

    @Override
    public CommandResult await() {
        lock.lock();
        try {
            if (result == null) {
                result = finish();
            }
            return result.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        cancelled = true;
        output.wake();
        CommandResult ignored = await();
    }

    private Supplier<CommandResult> finish() {
        try (output) {
            CommandOutcome outcome = watch();
            output.take();
            CommandResult said = output.result(outcome);
            return () -> said;
        } catch (IOException e) {
            family().forEach(ProcessHandle::destroyForcibly);
            BackendException failure = BackendException.of(
                            BackendException.IO, "what a program says cannot be read: " + e.getMessage())
                    .cause(e)
                    .build();
            return () -> {
                throw failure;
            };
        }
    }

    private CommandOutcome watch() throws IOException {
        while (process.isAlive()) {
            if (cancelled) {
                end();
                return CommandOutcome.CANCELLED;
            }
            if (deadline.hasPassed()) {
                end();
                return CommandOutcome.TIMED_OUT;
            }
            output.await(deadline);
            output.take();
        }
        int code = process.exitValue();
        return code > SIGNAL_BASE && code <= SIGNAL_BASE + MAX_SIGNAL
                ? CommandOutcome.signalled(code - SIGNAL_BASE)
                : CommandOutcome.exited(code);
    }

    /** Asks it and all that it has started to end, and then makes those that are left. */
    private void end() throws IOException {
        Set<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroy);
        awaitEnd(family, PATIENCE);
        family.addAll(family());
        family.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(family, KILLING);
    }

    private void awaitEnd(Set<ProcessHandle> family, Duration patience) throws IOException {
        Deadline until = Deadline.after(patience);
        while (family.stream().anyMatch(ProcessHandle::isAlive) && !until.hasPassed()) {
            output.await(until.orEarlier(Deadline.after(BETWEEN_LOOKS)));
            output.take();
        }
    }

    /** Itself first: a shell would begin with the next command when the present one is ended. */
    private Set<ProcessHandle> family() {
        Set<ProcessHandle> family = new LinkedHashSet<>(Set.of(process.toHandle()));
        try (Stream<ProcessHandle> below = process.descendants()) {
            below.forEach(family::add);
        }
        return family;
    }
}
