package io.autousb.api;

/** How the run of a program ended. */
public sealed interface CommandOutcome {

    /**
     * It ended by itself.
     *
     * @param code its exit code; 0 means success
     */
    record Exited(int code) implements CommandOutcome {}

    /**
     * A signal ended it, of which this program knows nothing. Java tells this only as a shell does, by an
     * exit code above 128: one that ends by itself with such a code is taken for this.
     *
     * @param signal the signal's number
     */
    record Signalled(int signal) implements CommandOutcome {}

    /** Its time was up, and it was ended. */
    record TimedOut() implements CommandOutcome {}

    /** It was closed, and ended. */
    record Cancelled() implements CommandOutcome {}

    /**
     * It was not run at all.
     *
     * @param reason why not, in one line without a full stop, safe to print
     */
    record NotStarted(String reason) implements CommandOutcome {}
}
