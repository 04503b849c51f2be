package io.autousb.architecture.planted.runtime;

import io.autousb.architecture.planted.backend.sim.SimProvider;

/** Breaks RUNTIME_SEES_DOMAIN_AND_API. */
public record EngineKnowsSim(SimProvider sim) {}
