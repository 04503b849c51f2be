package io.autousb.cli.console;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/** Stack traces by lines. */
final class StackTraces {

    private StackTraces() {}

    static Stream<String> lines(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().lines().map(line -> line.replace("\t", "    "));
    }
}
