package io.autousb.architecture.planted.api;

import io.autousb.architecture.planted.domain.plan.Planner;

/** Breaks API_SEES_MODEL_AND_PORTS. */
public record ProviderKnowsPlanner(Planner planner) {}
