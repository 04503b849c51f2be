package io.autousb.cli.command;

import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.Faults;
import io.autousb.domain.model.UntrustedText;
import io.autousb.runtime.catalogue.NearMatch;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads a command line, runs its command, and tells what went wrong in one line. */
public final class Program {

    private final Console console;
    private final IFactory commands;

    /**
     * Makes the program.
     *
     * @param console where it speaks
     * @param commands makes its commands
     */
    public Program(Console console, IFactory commands) {
        this.console = console;
        this.commands = commands;
    }

    /**
     * Runs one command line.
     *
     * @param args its words
     * @return the exit code
     */
    public int run(String... args) {
        CommandLine line = new CommandLine(AttachCommand.class, commands);
        line.setOut(writer(console.out()));
        line.setErr(writer(console.err()));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(console.coloured() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpAutoWidth(false);
        line.setParameterExceptionHandler((e, words) -> Faults.report(console, usage(e)));
        line.setExecutionExceptionHandler((e, command, result) -> Faults.report(console, e));
        return line.execute(args);
    }

    /** Usage help is plain ASCII. */
    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.US_ASCII);
    }

    private static CommandException usage(ParameterException e) {
        CommandLine line = e.getCommandLine();
        String help = "see `" + line.getCommandSpec().qualifiedName() + " --help`";
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unmatched(line, unmatched.getUnmatched().get(0), help);
        }
        return CommandException.usage(String.valueOf(e.getMessage()), "", help);
    }

    private static CommandException unmatched(CommandLine line, String word, String help) {
        boolean option = word.startsWith("-");
        Set<String> known = option
                ? line.getCommandSpec().optionsMap().keySet()
                : line.getSubcommands().keySet();
        String guess = NearMatch.of(word, known)
                .map(near -> "did you mean " + near + "? ")
                .orElse("");
        String what = (option ? "there is no option '" : "there is no command '") + UntrustedText.of(word) + "'";
        return CommandException.usage(what, "", guess + help);
    }
}
