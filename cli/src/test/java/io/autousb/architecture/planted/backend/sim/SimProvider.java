package io.autousb.architecture.planted.backend.sim;

import io.autousb.architecture.planted.api.Provider;
import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public record SimProvider(Device device) implements Provider {}
