package io.autousb.architecture.planted.qmp;

import com.sun.jna.Pointer;

/** Breaks JNA_IS_FOR_LINUX_AND_UDEV. */
public record SessionUsesJna(Pointer pointer) {}
