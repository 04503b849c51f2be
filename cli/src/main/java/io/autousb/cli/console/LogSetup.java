package io.autousb.cli.console;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Lets what the parts of the program log come out on the console, in compact lines. */
public final class LogSetup {

    // Held, lest they and their levels be collected.
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("io.autousb");

    private LogSetup() {}

    /**
     * Replaces the logging that the platform sets up.
     *
     * @param console where lines go, and how many
     */
    public static void apply(Console console) {
        LogManager.getLogManager().reset();
        // The Java runtime and libraries have a lot to say that helps nobody here.
        ROOT.setLevel(Level.WARNING);
        OURS.setLevel(level(console.verbosity()));
        ROOT.addHandler(new ConsoleHandler(console));
    }

    private static Level level(Verbosity verbosity) {
        return switch (verbosity) {
            case QUIET, NORMAL -> Level.WARNING;
            case VERBOSE -> Level.INFO;
            case DEBUG -> Level.FINE;
        };
    }

    private static final class ConsoleHandler extends Handler {
        private final Console console;

        private ConsoleHandler(Console console) {
            this.console = console;
            setFormatter(new SimpleFormatter());
            setLevel(Level.ALL);
        }

        @Override
        public void publish(@Nullable LogRecord entry) {
            if (entry == null || !isLoggable(entry)) {
                return;
            }
            Throwable thrown = entry.getThrown();
            console.log(word(entry.getLevel()) + " " + shortName(entry.getLoggerName()) + ": "
                    + getFormatter().formatMessage(entry) + (thrown == null ? "" : ": " + thrown));
            if (thrown != null) {
                console.trace(thrown);
            }
        }

        private static String word(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "error";
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return "warning";
            }
            return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
        }

        private static String shortName(@Nullable String logger) {
            return logger == null ? "?" : logger.substring(logger.lastIndexOf('.') + 1);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
