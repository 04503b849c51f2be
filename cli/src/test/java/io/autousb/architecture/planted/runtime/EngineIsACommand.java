package io.autousb.architecture.planted.runtime;

import picocli.CommandLine.Command;

/** Breaks PICOCLI_IS_FOR_CLI. */
@Command
final class EngineIsACommand {}
