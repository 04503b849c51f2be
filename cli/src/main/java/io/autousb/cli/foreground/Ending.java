package io.autousb.cli.foreground;

import org.jspecify.annotations.Nullable;

/**
 * Why a session ends.
 *
 * @param exitCode what the program ends with
 * @param message what to say about it, empty for nothing
 * @param cause what was thrown, if it was that
 */
record Ending(int exitCode, String message, @Nullable Throwable cause) {

    /** An ending that nothing was thrown for. */
    static Ending of(int exitCode, String message) {
        return new Ending(exitCode, message, null);
    }
}
