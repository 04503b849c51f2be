package io.autousb.architecture.planted.domain.policy;

import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public record Policy(Device device) {}
