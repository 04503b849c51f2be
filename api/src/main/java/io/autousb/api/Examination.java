package io.autousb.api;

import java.time.Duration;
import java.util.List;

/**
 * What is to be examined.
 *
 * @param context what the core lends
 * @param guests the names of the guests to look at; none for all that there are
 * @param timeout how long it may take
 */
public record Examination(ProviderContext context, List<String> guests, Duration timeout) {

    /** Copies the list. */
    public Examination {
        guests = List.copyOf(guests);
    }

    /**
     * Whether a guest is to be looked at.
     *
     * @param guest a guest's name
     * @return true if it was named, or none was
     */
    public boolean covers(String guest) {
        return guests.isEmpty() || guests.contains(guest);
    }
}
