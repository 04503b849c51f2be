package io.autousb.domain.plan;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.policy.Policy;
import java.util.List;
import java.util.Map;

/**
 * Everything the planner may know.
 *
 * @param now the present, in milliseconds of any monotonic clock; all other times are of the same one
 * @param topology the host
 * @param policy what should be
 * @param guests the guests that exist
 * @param holds devices to be left alone for a moment
 * @param heldByHostSince since when a driver of the host has had the device without interruption, and
 *     without an attach of ours in between
 * @param failures what failed
 */
public record World(
        long now,
        HostTopology topology,
        Policy policy,
        List<GuestView> guests,
        Map<Generation, Hold> holds,
        Map<Generation, Long> heldByHostSince,
        Map<FailureKey, Failure> failures) {

    /** Copies the collections. */
    public World {
        guests = List.copyOf(guests);
        holds = Map.copyOf(holds);
        heldByHostSince = Map.copyOf(heldByHostSince);
        failures = Map.copyOf(failures);
    }
}
