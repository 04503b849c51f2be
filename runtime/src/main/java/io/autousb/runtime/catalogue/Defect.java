package io.autousb.runtime.catalogue;

import io.autousb.domain.model.UntrustedText;

/**
 * What is wrong with a provider that cannot even be asked.
 *
 * @param where its class, or its service file
 * @param what what is wrong with it, one line, safe to print
 * @param cause what it threw
 */
public record Defect(String where, String what, Throwable cause) {

    static Defect of(String where, Throwable thrown) {
        return new Defect(where, describe(thrown), thrown);
    }

    /** What was thrown, in one safe line. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        String name = thrown.getClass().getSimpleName();
        return message == null || message.isBlank() ? name : name + ": " + UntrustedText.of(message);
    }
}
