package io.autousb.architecture.planted.linux;

import io.autousb.architecture.planted.domain.policy.Policy;

/** Breaks LIBRARIES_SEE_MODEL_PORTS_AND_API. */
public record SysfsKnowsPolicy(Policy policy) {}
