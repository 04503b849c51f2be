package io.autousb.xen.store;

import java.time.Duration;

/**
 * How patient a client is.
 *
 * @param firstPause after a first attempt to connect that failed; each further one doubles it
 * @param longestPause where the doubling ends; a connection that lasts as long is a good one
 * @param setup how long connecting, and each step of putting things in place, may take
 * @param patience how long an answer may be due before the connection is given up
 */
record Pace(Duration firstPause, Duration longestPause, Duration setup, Duration patience) {

    static final Pace USUAL =
            new Pace(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(30));
}
