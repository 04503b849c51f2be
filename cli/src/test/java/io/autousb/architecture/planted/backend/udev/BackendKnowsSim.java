package io.autousb.architecture.planted.backend.udev;

import io.autousb.architecture.planted.backend.sim.SimProvider;

/** Breaks BACKENDS_KNOW_NO_OTHER_BACKEND. */
public record BackendKnowsSim(SimProvider sim) {}
