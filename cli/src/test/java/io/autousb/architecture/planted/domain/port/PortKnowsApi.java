package io.autousb.architecture.planted.domain.port;

import io.autousb.architecture.planted.api.Provider;

/** Breaks DOMAIN_IS_PURE. */
public record PortKnowsApi(Provider provider) {}
