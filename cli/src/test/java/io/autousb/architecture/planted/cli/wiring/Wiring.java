package io.autousb.architecture.planted.cli.wiring;

import com.google.inject.Injector;

/** Breaks no rule. */
public record Wiring(Injector injector) {}
