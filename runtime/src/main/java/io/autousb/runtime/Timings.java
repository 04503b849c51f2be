package io.autousb.runtime;

import java.time.Duration;

/**
 * The engine's deadlines and delays.
 *
 * @param snapshot how long a snapshot of the host may take
 * @param list how long listing guests may take
 * @param inspect how long an inspection may take
 * @param change how long an attach or a detach may take
 * @param repair how long a hypervisor may look for what is left over
 * @param repairDelay how long after the last device has come or gone, or after the start, that begins at the earliest
 * @param repairPatience how much later than that it begins where devices keep coming and going, as soon as nothing is
 *     prepared for one of them
 * @param grace how much later than its deadline a call may return before its guest counts as stuck
 * @param firstBackOff the delay after a first failure; it doubles with each further one
 * @param maxBackOff the longest delay
 * @param maxFailures after how many failures in a row a step rests
 * @param changeFallback when a step that waits for a change is tried again all the same
 * @param reinspect how often guests are inspected although nothing was heard of them
 * @param arrival how long after a device was seen first the host may be at configuring it
 * @param settle how long a device rests between two guests
 * @param flapWindow the time in which re-plugs of a port are counted
 * @param flapLimit how many devices in one port in that time are too many
 * @param flapStay how long a device has to stay in such a port before it is attached
 */
public record Timings(
        Duration snapshot,
        Duration list,
        Duration inspect,
        Duration change,
        Duration repair,
        Duration repairDelay,
        Duration repairPatience,
        Duration grace,
        Duration firstBackOff,
        Duration maxBackOff,
        int maxFailures,
        Duration changeFallback,
        Duration reinspect,
        Duration arrival,
        Duration settle,
        Duration flapWindow,
        int flapLimit,
        Duration flapStay) {

    /** What holds unless a test needs something else. */
    public static final Timings DEFAULT = new Timings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(8),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            8,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(3),
            Duration.ofMillis(200),
            Duration.ofMinutes(1),
            5,
            Duration.ofSeconds(3));
}
