package io.autousb.cli.console;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked: what, where, what a person can do, and the exit code. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * Makes the exception.
     *
     * @param exitCode one of {@link ExitCode}'s constants
     * @param what what is wrong, without a full stop
     * @param where an option or a place; may be empty
     * @param remedy what a person can do; may be empty
     * @param cause what lies behind it, if anything
     */
    public CommandException(int exitCode, String what, String where, String remedy, @Nullable Throwable cause) {
        super(what + (where.isEmpty() ? "" : " (" + where + ")") + (remedy.isEmpty() ? "" : ": " + remedy), cause);
        this.exitCode = exitCode;
    }

    /**
     * Makes an exception for a command line that cannot be right.
     *
     * @param what what is wrong, without a full stop
     * @param where the option; may be empty
     * @param remedy what to write instead
     * @return the exception
     */
    public static CommandException usage(String what, String where, String remedy) {
        return new CommandException(ExitCode.USAGE, what, where, remedy, null);
    }

    /**
     * What the program ends with.
     *
     * @return one of {@link ExitCode}'s constants
     */
    public int exitCode() {
        return exitCode;
    }
}
