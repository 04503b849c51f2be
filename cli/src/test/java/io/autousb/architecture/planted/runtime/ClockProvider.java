package io.autousb.architecture.planted.runtime;

/** Breaks PROVIDERS_ARE_ENTRY_POINTS. */
final class ClockProvider {}
