package io.autousb.api;

/** Whether an adapter can work here. */
public sealed interface Availability {

    /** It can. */
    record Available() implements Availability {}

    /**
     * It cannot.
     *
     * @param reason why, in one line without a full stop
     * @param remedy what a person can do, in one line
     */
    record Unavailable(String reason, String remedy) implements Availability {}
}
