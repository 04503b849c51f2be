package io.autousb.architecture.planted.xen;

import io.autousb.architecture.planted.runtime.Engine;

/** Breaks LIBRARIES_SEE_MODEL_PORTS_AND_API. */
public record StoreKnowsRuntime(Engine engine) {}
