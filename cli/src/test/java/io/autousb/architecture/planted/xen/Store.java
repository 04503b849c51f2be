package io.autousb.architecture.planted.xen;

import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public record Store(Device device) {}
