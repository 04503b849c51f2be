package io.autousb.architecture.planted.domain.model;

import com.fasterxml.jackson.databind.JsonNode;

/** Breaks DOMAIN_IS_PURE. */
public record DeviceKnowsJackson(JsonNode json) {}
