package io.autousb.cli;

import io.autousb.cli.console.Environment;
import io.autousb.cli.wiring.Wiring;

/** The program. */
public final class Main {

    private Main() {}

    /**
     * Runs the program and ends the process.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(Environment.ofProcess(), args));
    }

    /**
     * Runs the program.
     *
     * @param environment what is around it
     * @param args the command line
     * @return the exit code
     */
    static int run(Environment environment, String... args) {
        return Wiring.program(environment).run(args);
    }
}
