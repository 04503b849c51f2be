package io.autousb.domain.plan;

/**
 * That something failed, and when it may be tried again.
 *
 * @param count how often in a row
 * @param nextTry when, in milliseconds of the world's time; {@link #NEVER} for not before something new
 *     happens
 * @param untilInitialized whether it is also tried as soon as the host is done with the device
 * @param reason what failed, one line, safe to print
 */
public record Failure(int count, long nextTry, boolean untilInitialized, String reason) {

    /** Not before the device, the guest's instance or the configuration is another. */
    public static final long NEVER = Long.MAX_VALUE;
}
