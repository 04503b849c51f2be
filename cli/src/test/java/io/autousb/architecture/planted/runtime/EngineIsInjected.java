package io.autousb.architecture.planted.runtime;

import jakarta.inject.Inject;

/** Breaks GUICE_IS_FOR_WIRING. */
final class EngineIsInjected {

    @Inject
    EngineIsInjected() {}
}
