package io.autousb.architecture.planted.contract;

import io.autousb.architecture.planted.runtime.Engine;

/** Breaks CONTRACT_TESTS_SEE_MODEL_PORTS_AND_API. */
public record ContractKnowsRuntime(Engine engine) {}
