package io.autousb.architecture.planted.domain.plan;

import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public record Planner(Device device) {}
