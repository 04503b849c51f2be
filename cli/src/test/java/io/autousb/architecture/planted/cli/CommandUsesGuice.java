package io.autousb.architecture.planted.cli;

import com.google.inject.Injector;

/** Breaks GUICE_IS_FOR_WIRING. */
public record CommandUsesGuice(Injector injector) {}
