package io.autousb.architecture.planted.cli;

import io.autousb.architecture.planted.backend.udev.UdevProvider;

/** Breaks CLI_SEES_NO_BACKEND_BUT_SIM. */
public record CommandKnowsUdev(UdevProvider udev) {}
