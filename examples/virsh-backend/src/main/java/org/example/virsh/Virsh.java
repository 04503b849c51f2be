package org.example.virsh;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Runs {@code virsh}, and turns its ends into answers and failures. Thread-safe. */
final class Virsh implements AutoCloseable {

    private final CommandRunner commands;
    private final String connection;
    private final Set<RunningCommand> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Virsh(CommandRunner commands, String connection) {
        this.commands = commands;
        this.connection = connection;
    }

    /**
     * Runs it, whatever comes of it.
     *
     * @throws BackendException if it was not run, or did not end by itself; its outcome is unknown then
     */
    CommandResult run(Deadline deadline, String... words) {
        CommandResult result = await(deadline, words);
        CommandOutcome outcome = result.outcome();
        return switch (outcome.kind()) {
            case EXITED -> result;
            case NOT_STARTED ->
                throw BackendException.of(BackendException.IO, "virsh cannot be run: " + outcome.reason())
                        .remedy("install libvirt-clients")
                        .build();
            case TIMED_OUT -> throw cutOff(BackendException.TIMEOUT, "virsh " + words[0] + " did not end in time");
            case CANCELLED -> throw closedFailure();
            case SIGNALLED ->
                throw cutOff(BackendException.IO, "virsh " + words[0] + " was ended by signal " + outcome.code());
        };
    }

    private CommandResult await(Deadline deadline, String... words) {
        List<String> argv = new ArrayList<>(List.of("virsh", "--quiet", "--connect", connection));
        argv.addAll(List.of(words));
        Duration left = deadline.remaining();
        if (closed) {
            throw closedFailure();
        }
        try (RunningCommand command = commands.start(new Command(argv, left))) {
            running.add(command);
            try {
                if (closed) {
                    command.close();
                }
                return command.await();
            } finally {
                running.remove(command);
            }
        }
    }

    /** What it complained of, in one safe line. */
    static String complaint(CommandResult result) {
        String said = result.stderr().lines().stream()
                .map(line -> line.replaceFirst("^error: ", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("; "));
        if (said.isEmpty()) {
            said = "exit code " + result.outcome().code();
        }
        return UntrustedText.of(said).toString();
    }

    /** All that it said, which must not be judged by a part. */
    static String whole(CommandResult result) {
        if (result.stdout().cut()) {
            throw BackendException.of(BackendException.PROTOCOL, "virsh says more than can be read").build();
        }
        return result.stdout().raw();
    }

    private static BackendException cutOff(String code, String what) {
        return BackendException.of(code, what).outcomeUnknown().build();
    }

    private static BackendException closedFailure() {
        return BackendException.of(BackendException.CLOSED, "the hypervisor virsh has been closed")
                .retry(Retry.NEVER)
                .build();
    }

    void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    /** Ends what runs. */
    @Override
    public void close() {
        closed = true;
        running.forEach(RunningCommand::close);
    }
}
