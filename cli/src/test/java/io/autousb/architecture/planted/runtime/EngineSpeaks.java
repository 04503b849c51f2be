package io.autousb.architecture.planted.runtime;

/** Breaks ONLY_THE_CONSOLE_SPEAKS. */
final class EngineSpeaks {
    void say() {
        System.out.println("attached");
    }
}
