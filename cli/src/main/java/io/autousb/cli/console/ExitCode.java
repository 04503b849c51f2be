package io.autousb.cli.console;

import io.autousb.domain.port.BackendException;
import io.autousb.runtime.catalogue.ProviderException;

/**
 * What the program ends with. A signal ends it with 128 and the signal's number, as usual: 130 after
 * Ctrl-C, 143 after SIGTERM.
 */
public final class ExitCode {

    /** It did what it was asked. */
    public static final int OK = 0;
    /** A defect of the program. */
    public static final int FAILURE = 1;
    /** The command line cannot be right. */
    public static final int USAGE = 2;
    /** The guest is not running, and the user would not wait. */
    public static final int GUEST_NOT_RUNNING = 3;
    /** A backend, a right or something else that the work needs is missing. */
    public static final int UNAVAILABLE = 4;

    /** An examination has found what would stop the program working here. */
    public static final int PROBLEM_FOUND = 5;

    private ExitCode() {}

    /**
     * The exit code that fits a failure.
     *
     * @param thrown what ended the program
     * @return its exit code
     */
    public static int of(Throwable thrown) {
        if (thrown instanceof CommandException e) {
            return e.exitCode();
        }
        if (thrown instanceof BackendException e) {
            return e.is(BackendException.INVALID) ? USAGE : UNAVAILABLE;
        }
        if (thrown instanceof ProviderException e) {
            return switch (e.problem()) {
                case INVALID_OPTION -> USAGE;
                // Which names there are depends on what is installed.
                case UNKNOWN, UNAVAILABLE, AMBIGUOUS, BROKEN -> UNAVAILABLE;
            };
        }
        return FAILURE;
    }
}
