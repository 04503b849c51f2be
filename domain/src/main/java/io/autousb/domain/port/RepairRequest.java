package io.autousb.domain.port;

import java.time.Duration;

/**
 * A wish for a look at what is left over in guests, and for its end.
 *
 * @param depth how thoroughly to look
 * @param reportOnly whether to leave all as it is, and only say what was found
 * @param timeout how long it may take
 */
public record RepairRequest(Depth depth, boolean reportOnly, Duration timeout) {

    /** How thoroughly to look. */
    public enum Depth {
        /** At what costs guests nothing: where there is nothing left over, none of them is spoken to. */
        QUICK,
        /** At everything that can tell. */
        THOROUGH
    }
}
