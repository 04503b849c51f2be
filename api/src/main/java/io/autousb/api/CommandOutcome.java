package io.autousb.api;

import java.util.Objects;

/**
 * How the run of a program ended.
 *
 * @param kind in which way
 * @param code its exit code, or the number of the signal that ended it; 0 if it has neither
 * @param reason why it was not started, in one line without a full stop, safe to print; empty if it was
 */
public record CommandOutcome(Kind kind, int code, String reason) {

    /** Its time was up, and it was ended. */
    public static final CommandOutcome TIMED_OUT = new CommandOutcome(Kind.TIMED_OUT, 0, "");

    /** It was closed, and ended. */
    public static final CommandOutcome CANCELLED = new CommandOutcome(Kind.CANCELLED, 0, "");

    /** Checks that there is a kind. */
    public CommandOutcome {
        Objects.requireNonNull(kind);
    }

    /** The ways in which a run ends. */
    public enum Kind {
        /** It ended by itself. */
        EXITED,
        /**
         * A signal ended it, of which this program knows nothing. Java tells this only as a shell does, by an
         * exit code above 128: one that ends by itself with such a code is taken for this.
         */
        SIGNALLED,
        /** Its time was up, and it was ended. */
        TIMED_OUT,
        /** It was closed, and ended. */
        CANCELLED,
        /** It was not run at all. */
        NOT_STARTED
    }

    /**
     * It ended by itself.
     *
     * @param code its exit code; 0 means success
     * @return the outcome
     */
    public static CommandOutcome exited(int code) {
        return new CommandOutcome(Kind.EXITED, code, "");
    }

    /**
     * A signal ended it.
     *
     * @param signal the signal's number
     * @return the outcome
     */
    public static CommandOutcome signalled(int signal) {
        return new CommandOutcome(Kind.SIGNALLED, signal, "");
    }

    /**
     * It was not run at all.
     *
     * @param reason why not, in one line without a full stop, safe to print
     * @return the outcome
     */
    public static CommandOutcome notStarted(String reason) {
        return new CommandOutcome(Kind.NOT_STARTED, 0, reason);
    }
}
