package io.autousb.architecture.planted.runtime;

import io.autousb.architecture.planted.cli.wiring.Wiring;

/** Breaks RUNTIME_SEES_DOMAIN_AND_API. */
public record EngineKnowsWiring(Wiring wiring) {}
