package io.autousb.architecture.planted.runtime;

import io.autousb.architecture.planted.domain.plan.Planner;

/** Breaks no rule. */
public record Engine(Planner planner) {}
