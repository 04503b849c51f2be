package io.autousb.api;

/**
 * Whether an adapter can work here.
 *
 * @param isAvailable true if it can; reason and remedy are empty then
 * @param reason why it cannot, in one line without a full stop
 * @param remedy what a person can do, in one line
 */
public record Availability(boolean isAvailable, String reason, String remedy) {

    /** It can. */
    public static final Availability AVAILABLE = new Availability(true, "", "");

    /**
     * It cannot.
     *
     * @param reason why, in one line without a full stop
     * @param remedy what a person can do, in one line
     * @return the answer
     */
    public static Availability unavailable(String reason, String remedy) {
        return new Availability(false, reason, remedy);
    }
}
