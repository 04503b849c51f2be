package io.autousb.cli.console;

/** How much the program says. */
public enum Verbosity {
    /** Warnings and errors. */
    QUIET,
    /** What happens. */
    NORMAL,
    /** And why. */
    VERBOSE,
    /** And how, with stack traces. */
    DEBUG;

    /**
     * Reads {@code -v} and {@code -q}.
     *
     * @param quiet whether {@code -q} was given
     * @param verbose how often {@code -v} was given
     * @return the verbosity
     */
    public static Verbosity of(boolean quiet, int verbose) {
        if (quiet) {
            return QUIET;
        }
        return switch (verbose) {
            case 0 -> NORMAL;
            case 1 -> VERBOSE;
            default -> DEBUG;
        };
    }

    /**
     * Whether what is said from a certain verbosity on is said now.
     *
     * @param least that verbosity
     * @return true if it is
     */
    public boolean shows(Verbosity least) {
        return compareTo(least) >= 0;
    }
}
