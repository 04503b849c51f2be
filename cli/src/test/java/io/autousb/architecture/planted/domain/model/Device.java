package io.autousb.architecture.planted.domain.model;

/** Breaks no rule, not even with an array of primitives. */
public record Device(byte[] descriptor) {}
