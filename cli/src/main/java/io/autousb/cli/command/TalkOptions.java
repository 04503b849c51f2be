package io.autousb.cli.command;

import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.LogSetup;
import io.autousb.cli.console.Verbosity;
import picocli.CommandLine.Option;

/** How much a command says. */
final class TalkOptions {

    @Option(
            names = {"-v", "--verbose"},
            description = "Say why as well; -vv: everything, with stack traces.")
    private boolean[] verbose = {};

    @Option(
            names = {"-q", "--quiet"},
            description = "Print warnings and errors only.")
    private boolean quiet;

    /** Sets the console and the logging up. */
    void apply(Console console) {
        if (quiet && verbose.length > 0) {
            throw CommandException.usage("-q and -v exclude each other", "", "leave one of them out");
        }
        console.verbosity(Verbosity.of(quiet, verbose.length));
        LogSetup.apply(console);
    }
}
