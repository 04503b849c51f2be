package io.autousb.architecture.planted.runtime;

/** Breaks NAMES_SAY_SOMETHING. */
final class StringUtils {}
