package io.autousb.api;

/** A program that runs, or has ended. To be closed. Thread-safe. */
@FunctionalInterface
public interface RunningCommand extends AutoCloseable {

    /**
     * Waits until the program has ended. At its timeout it is asked to end, and soon after that made to,
     * with the programs that it has started. Does not heed interrupts. Always gives the same result.
     *
     * @return the result, at most two seconds after the command's timeout
     */
    CommandResult await();

    /**
     * Ends the program if it still runs, as at its timeout, and returns when it has ended. A thread in
     * {@link #await} then gets its result, at most two seconds later. Idempotent.
     */
    @Override
    default void close() {}
}
