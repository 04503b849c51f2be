package io.autousb.domain.plan;

import java.util.List;
import java.util.OptionalLong;

/**
 * What to do now.
 *
 * @param steps in order; the steps of one guest are done one after the other
 * @param foreseen what will follow for devices that the host has yet to configure, if nothing else changes; on ports
 *     that no step uses
 * @param decisions one for each device that is no hub, in the order of the topology
 * @param wakeAt when to plan again even if nothing happens, in milliseconds of the world's time
 */
public record Plan(
        List<PlanStep> steps, List<PlanStep.Attach> foreseen, List<Decision> decisions, OptionalLong wakeAt) {

    /** Copies the lists. */
    public Plan {
        steps = List.copyOf(steps);
        foreseen = List.copyOf(foreseen);
        decisions = List.copyOf(decisions);
    }
}
