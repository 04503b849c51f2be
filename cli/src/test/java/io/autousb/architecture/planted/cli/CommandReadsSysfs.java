package io.autousb.architecture.planted.cli;

import io.autousb.architecture.planted.linux.Sysfs;

/** Breaks LIBRARIES_ARE_FOR_BACKENDS. */
public record CommandReadsSysfs(Sysfs sysfs) {}
