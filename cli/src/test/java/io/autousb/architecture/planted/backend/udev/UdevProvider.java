package io.autousb.architecture.planted.backend.udev;

import io.autousb.architecture.planted.api.Provider;
import io.autousb.architecture.planted.domain.model.Device;
import io.autousb.architecture.planted.linux.Sysfs;

/** Breaks no rule. */
public record UdevProvider(Device device, Sysfs sysfs) implements Provider {}
