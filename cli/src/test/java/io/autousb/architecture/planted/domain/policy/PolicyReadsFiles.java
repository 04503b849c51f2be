package io.autousb.architecture.planted.domain.policy;

import java.nio.file.Path;

/** Breaks PLANNING_HAS_NO_WORLD_OF_ITS_OWN. */
public record PolicyReadsFiles(Path file) {}
