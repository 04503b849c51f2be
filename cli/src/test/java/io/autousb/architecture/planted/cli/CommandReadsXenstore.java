package io.autousb.architecture.planted.cli;

import io.autousb.architecture.planted.xen.Store;

/** Breaks LIBRARIES_ARE_FOR_BACKENDS. */
public record CommandReadsXenstore(Store store) {}
