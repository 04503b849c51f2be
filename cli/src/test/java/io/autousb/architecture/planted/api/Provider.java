package io.autousb.architecture.planted.api;

import io.autousb.architecture.planted.domain.model.Device;

/** Breaks no rule. */
public interface Provider {

    Device device();
}
