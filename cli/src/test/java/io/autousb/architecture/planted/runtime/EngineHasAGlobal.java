package io.autousb.architecture.planted.runtime;

/** Breaks NOTHING_IS_GLOBAL. */
final class EngineHasAGlobal {
    private static int attached;

    int count() {
        return ++attached;
    }
}
