package io.autousb.domain.plan;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A guest as the planner sees it.
 *
 * @param guest the guest as last listed
 * @param inspection what it was found to have, if an inspection of this instance has answered
 * @param inFlight the step that is being done to it
 * @param mayHold devices it may have although no inspection shows them: attaches under way or of unknown
 *     outcome, and everything that was there before it was inspected first
 * @param refusedPorts ports that looked free and were refused
 */
public record GuestView(
        Guest guest,
        Optional<GuestInspection> inspection,
        Optional<PlanStep> inFlight,
        Set<Generation> mayHold,
        List<GuestPort> refusedPorts) {

    /** Copies the collections. */
    public GuestView {
        mayHold = Set.copyOf(mayHold);
        refusedPorts = List.copyOf(refusedPorts);
    }

    boolean isOf(@Nullable GuestView other) {
        return other != null && guest.id().equals(other.guest.id());
    }
}
