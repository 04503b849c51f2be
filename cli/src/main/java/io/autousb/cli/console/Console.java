package io.autousb.cli.console;

import java.io.PrintStream;
import java.time.LocalTime;
import java.util.function.Supplier;

/**
 * Where the program speaks to a person or to another program. Thread-safe; every line is written whole
 * and at once.
 */
public final class Console {

    /** The program's name, before what it says about itself. */
    public static final String PROGRAM = "auto-usb-attach";

    private final Channel out;
    private final Channel err;
    private final Supplier<LocalTime> clock;
    private volatile Verbosity verbosity = Verbosity.NORMAL;

    /**
     * A stream and whether it shows colours.
     *
     * @param stream where lines go
     * @param coloured whether it is a terminal that shows colours
     */
    public record Channel(PrintStream stream, boolean coloured) {

        private void write(String stamp, Style style, String word, String rest) {
            String head = SafeText.line(word);
            String line = stamp + (coloured ? style.paint(head) : head) + SafeText.line(rest);
            synchronized (stream) {
                stream.println(line);
                stream.flush();
            }
        }
    }

    /**
     * Makes a console.
     *
     * @param out for data and events
     * @param err for talk
     * @param clock the time of day, for events
     */
    public Console(Channel out, Channel err, Supplier<LocalTime> clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /**
     * Sets how much is said.
     *
     * @param value the verbosity
     */
    public void verbosity(Verbosity value) {
        verbosity = value;
    }

    /**
     * How much is said.
     *
     * @return the verbosity, {@link Verbosity#NORMAL} at first
     */
    public Verbosity verbosity() {
        return verbosity;
    }

    /**
     * The stream for data, for text that needs no care: the usage help.
     *
     * @return the stream
     */
    public PrintStream out() {
        return out.stream();
    }

    /**
     * The stream for talk.
     *
     * @return the stream
     */
    public PrintStream err() {
        return err.stream();
    }

    /**
     * Whether what goes to {@link #out} may have colours.
     *
     * @return true for a terminal
     */
    public boolean coloured() {
        return out.coloured();
    }

    /**
     * Prints a line of data, whatever the verbosity.
     *
     * @param line the line
     */
    public void data(String line) {
        out.write("", Style.PLAIN, "", line);
    }

    /**
     * Prints something that happened, with the time.
     *
     * @param least the verbosity from which on it is said
     * @param style what it is about
     * @param word its first word or words
     * @param rest the rest of the line
     */
    public void event(Verbosity least, Style style, String word, String rest) {
        if (verbosity.shows(least)) {
            out.write(stamp(), style, word, rest);
        }
    }

    /**
     * Prints something that went wrong, or right again, with the time; to stderr and even if quiet.
     *
     * @param style how bad it is
     * @param word its first word or words
     * @param rest the rest of the line
     */
    public void trouble(Style style, String word, String rest) {
        err.write(stamp(), style, word, rest);
    }

    /**
     * Says something about the program itself.
     *
     * @param text one line
     */
    public void say(String text) {
        if (verbosity.shows(Verbosity.NORMAL)) {
            err.write(PROGRAM + ": ", Style.PLAIN, "", text);
        }
    }

    /**
     * Says something about what is going on around the program.
     *
     * @param text one line
     */
    public void note(String text) {
        if (verbosity.shows(Verbosity.NORMAL)) {
            err.write("", Style.PLAIN, "# ", text);
        }
    }

    /**
     * Warns, even if quiet.
     *
     * @param text one line
     */
    public void warn(String text) {
        err.write(PROGRAM + ": ", Style.WARNING, "warning: ", text);
    }

    /**
     * Says why the program ends, even if quiet.
     *
     * @param text one line
     */
    public void error(String text) {
        err.write(PROGRAM + ": ", Style.PLAIN, "", text);
    }

    /**
     * Prints a stack trace if the verbosity is {@link Verbosity#DEBUG}.
     *
     * @param thrown what was thrown
     */
    public void trace(Throwable thrown) {
        if (verbosity.shows(Verbosity.DEBUG)) {
            StackTraces.lines(thrown).forEach(line -> err.write("", Style.PLAIN, "", line));
        }
    }

    /**
     * Prints a line for those who debug.
     *
     * @param line what a logger was told
     */
    void log(String line) {
        err.write(stamp(), Style.PLAIN, "", line);
    }

    private String stamp() {
        LocalTime now = clock.get();
        return digits(now.getHour(), 2) + ":" + digits(now.getMinute(), 2) + ":" + digits(now.getSecond(), 2) + "."
                + digits(now.getNano() / 1_000_000, 3) + " ";
    }

    private static String digits(int number, int length) {
        String text = Integer.toString(number);
        return "0".repeat(length - text.length()) + text;
    }
}
