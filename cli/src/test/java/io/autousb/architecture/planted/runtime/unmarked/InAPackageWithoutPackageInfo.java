package io.autousb.architecture.planted.runtime.unmarked;

/** Breaks PACKAGES_ARE_NULL_MARKED. */
final class InAPackageWithoutPackageInfo {}
