package io.autousb.api;

/**
 * Runs programs of the host for adapters, so that tests can lend something that runs none. Thread-safe.
 *
 * <p>A program gets an environment of its own that is always the same ({@code PATH} with the system's
 * folders, {@code LC_ALL=C}), the root folder to work in, an empty standard input, and none of this
 * process's descriptors. Of each of its output streams {@link CommandOutput#MAX_BYTES} are kept; more is
 * read and dropped, so that it never waits for a reader. What it has left in the background is not waited
 * for.
 *
 * <pre>{@code
 * CommandResult result = commands.run(Command.of(Duration.ofSeconds(10), "xl", "usb-list", guest));
 * if (!result.succeeded()) {
 *     ...
 * }
 * }</pre>
 */
@FunctionalInterface
public interface CommandRunner {

    /**
     * Starts a program. Does not wait for it.
     *
     * @param command the program
     * @return the program as it runs, to be closed by the caller; if it could not be started, the result
     *     says so
     */
    RunningCommand start(Command command);

    /**
     * Runs a program and waits until it has ended.
     *
     * @param command the program
     * @return how it ended and what it said, at most two seconds after its timeout
     */
    default CommandResult run(Command command) {
        try (RunningCommand running = start(command)) {
            return running.await();
        }
    }

    /**
     * One that runs nothing.
     *
     * @param reason why, in one line without a full stop, safe to print
     * @return a runner whose commands are not started, for that reason
     */
    static CommandRunner none(String reason) {
        return command -> () -> CommandResult.notStarted(reason);
    }
}
