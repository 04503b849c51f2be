package io.autousb.linux;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandResult;
import java.io.Closeable;
import java.io.IOException;

/** The two output streams of a child process, taken together. One thread at a time; any may wake it. */
final class ChildOutput implements Closeable {

    private final OutputPipe stdout;
    private final OutputPipe stderr;
    private final WakeablePoll poll;
    private boolean stdoutOpen = true;
    private boolean stderrOpen = true;

    private ChildOutput(OutputPipe stdout, OutputPipe stderr, WakeablePoll poll) {
        this.stdout = stdout;
        this.stderr = stderr;
        this.poll = poll;
    }

    static ChildOutput open() throws IOException {
        OutputPipe stdout = new OutputPipe();
        try {
            return open(stdout);
        } catch (IOException | RuntimeException | Error e) {
            stdout.close();
            throw e;
        }
    }

    private static ChildOutput open(OutputPipe stdout) throws IOException {
        OutputPipe stderr = new OutputPipe();
        try {
            return new ChildOutput(stdout, stderr, WakeablePoll.reading(stdout.descriptor(), stderr.descriptor()));
        } catch (IOException | RuntimeException | Error e) {
            stderr.close();
            throw e;
        }
    }

    /** Starts a process that writes here. */
    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectOutput(stdout.target())
                .redirectError(stderr.target())
                .start();
        stdout.handOver();
        stderr.handOver();
        return process;
    }

    /** Waits until there may be something to take, somebody wakes this, or the time is over. */
    void await(Deadline deadline) throws IOException {
        poll.await(deadline);
    }

    /** Ends the wait that is under way, or else the next one. Does nothing once this is closed. */
    void wake() {
        poll.wake();
    }

    /** Takes what is there. */
    void take() throws IOException {
        if (stdoutOpen && !stdout.take()) {
            stdoutOpen = false;
            poll.drop(0);
        }
        if (stderrOpen && !stderr.take()) {
            stderrOpen = false;
            poll.drop(1);
        }
    }

    /** What was taken, with how it ended. */
    CommandResult result(CommandOutcome outcome) {
        return new CommandResult(outcome, stdout.output(), stderr.output());
    }

    @Override
    public void close() {
        poll.close();
        stdout.close();
        stderr.close();
    }
}
