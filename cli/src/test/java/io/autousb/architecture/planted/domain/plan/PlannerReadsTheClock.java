package io.autousb.architecture.planted.domain.plan;

/** Breaks PLANNING_HAS_NO_WORLD_OF_ITS_OWN. */
final class PlannerReadsTheClock {

    long now() {
        return System.nanoTime();
    }
}
