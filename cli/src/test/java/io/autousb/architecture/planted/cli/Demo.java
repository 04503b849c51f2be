package io.autousb.architecture.planted.cli;

import io.autousb.architecture.planted.backend.sim.SimProvider;

/** Breaks no rule. */
public record Demo(SimProvider sim) {}
