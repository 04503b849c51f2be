package io.autousb.architecture.planted.backend.qmp;

import io.autousb.architecture.planted.domain.plan.Planner;

/** Breaks BACKENDS_SEE_MODEL_PORTS_API_AND_LIBRARIES. */
public record BackendKnowsPlanner(Planner planner) {}
