package io.autousb.api;

import io.autousb.domain.model.UntrustedText;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program to run, with its arguments. No shell reads them: each arrives as it is.
 *
 * @param argv the program, as an absolute path or as a name that is looked up in the system's folders, and
 *     its arguments
 * @param timeout how long it may run
 */
public record Command(List<String> argv, Duration timeout) {

    /** Checks the program and copies the arguments. */
    public Command {
        argv = List.copyOf(argv);
        if (argv.isEmpty() || argv.get(0).isEmpty()) {
            throw new IllegalArgumentException("no program is named");
        }
        String program = argv.get(0);
        if (program.indexOf('/') > 0) {
            throw new IllegalArgumentException(
                    "neither a name nor an absolute path of a program: " + UntrustedText.of(program));
        }
        if (argv.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("an argument cannot hold U+0000");
        }
    }

    /**
     * A program with its arguments.
     *
     * @param timeout how long it may run
     * @param argv the program and its arguments
     * @return the command
     */
    public static Command of(Duration timeout, String... argv) {
        return new Command(List.of(argv), timeout);
    }

    /** The program and its arguments in one line, safe to print. */
    @Override
    public String toString() {
        return argv.stream().map(each -> UntrustedText.of(each).toString()).collect(Collectors.joining(" "));
    }
}
