package io.autousb.architecture.planted.backend.qmp;

import io.autousb.architecture.planted.runtime.Engine;

/** Breaks BACKENDS_SEE_MODEL_PORTS_API_AND_LIBRARIES. */
public record BackendKnowsRuntime(Engine engine) {}
