package io.autousb.architecture.planted.linux;

import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public record Sysfs(Device device) {}
