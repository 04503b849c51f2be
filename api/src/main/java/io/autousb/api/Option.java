package io.autousb.api;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A declared option of an adapter.
 *
 * @param name letters, digits and hyphens in lower case, beginning with a letter
 * @param type what its value looks like
 * @param defaultValue what holds when the user says nothing; empty if there is no such value
 * @param description what it does, in one line without a full stop, with the unit
 */
public record Option(String name, Type type, Optional<String> defaultValue, String description) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** Checks the name and the default. */
    public Option {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of an option: " + name);
        }
        defaultValue.ifPresent(type::check);
    }

    /** What a value looks like. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A whole number. */
        INTEGER,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** A number with a unit: {@code 500ms}, {@code 2s}, {@code 5m}. */
        DURATION,
        /** An absolute path of a file or folder. */
        PATH;

        /**
         * Checks a value.
         *
         * @param value what the user wrote
         * @throws IllegalArgumentException if it does not look so, saying what it should look like
         */
        public void check(String value) {
            switch (this) {
                case TEXT -> {}
                case INTEGER -> OptionValues.parseInteger(value);
                case BOOLEAN -> OptionValues.parseBoolean(value);
                case DURATION -> OptionValues.parseDuration(value);
                case PATH -> OptionValues.parsePath(value);
            }
        }
    }
}
