package io.autousb.cli.console;

import io.autousb.domain.port.BackendException;
import io.autousb.runtime.catalogue.ProviderException;

/** Tells a person why the program ends, in one line. */
public final class Faults {

    private Faults() {}

    /**
     * Prints what was thrown, with a stack trace only for those who debug.
     *
     * @param console where to
     * @param thrown what ended the program
     * @return the exit code that fits
     */
    public static int report(Console console, Throwable thrown) {
        console.error(describe(thrown));
        console.trace(thrown);
        return ExitCode.of(thrown);
    }

    private static String describe(Throwable thrown) {
        if (thrown instanceof CommandException
                || thrown instanceof BackendException
                || thrown instanceof ProviderException) {
            return String.valueOf(thrown.getMessage());
        }
        return "internal error (" + thrown + "): run it again with -vv, and report what it prints";
    }
}
