package io.autousb.api;

import io.autousb.domain.model.UntrustedText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The values of an adapter's options: what the user wrote, else the declared default. Immutable. Asking
 * for an option that was not declared is a mistake of the adapter and throws {@link
 * IllegalArgumentException}.
 */
public final class OptionValues {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");

    private final List<Option> declared;
    private final Map<String, String> values;

    private OptionValues(List<Option> declared, Map<String, String> values) {
        this.declared = List.copyOf(declared);
        this.values = Map.copyOf(values);
    }

    /**
     * Checks values against declarations.
     *
     * @param declared the adapter's options
     * @param values what the user wrote, by option name
     * @return the values
     * @throws IllegalArgumentException if a name is not declared or a value does not look as its type
     *     says
     */
    public static OptionValues of(List<Option> declared, Map<String, String> values) {
        OptionValues checked = new OptionValues(declared, values);
        values.forEach((name, value) -> {
            try {
                checked.declaration(name).type().check(value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("option " + name + ": " + e.getMessage(), e);
            }
        });
        return checked;
    }

    /**
     * A text.
     *
     * @param name the option
     * @return its value or default, or empty
     */
    public Optional<String> text(String name) {
        return value(name, Function.identity());
    }

    /**
     * A whole number.
     *
     * @param name the option
     * @return its value or default, or empty
     */
    public Optional<Long> integer(String name) {
        return value(name, OptionValues::parseInteger);
    }

    /**
     * A truth value.
     *
     * @param name the option
     * @return its value or default, or empty
     */
    public Optional<Boolean> bool(String name) {
        return value(name, OptionValues::parseBoolean);
    }

    /**
     * A span of time.
     *
     * @param name the option
     * @return its value or default, or empty
     */
    public Optional<Duration> duration(String name) {
        return value(name, OptionValues::parseDuration);
    }

    /**
     * A path.
     *
     * @param name the option
     * @return its value or default, or empty
     */
    public Optional<Path> path(String name) {
        return value(name, OptionValues::parsePath);
    }

    private <T> Optional<T> value(String name, Function<String, T> parse) {
        Option option = declaration(name);
        return Optional.ofNullable(values.get(name)).or(option::defaultValue).map(parse);
    }

    private Option declaration(String name) {
        return declared.stream()
                .filter(option -> option.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no option '" + UntrustedText.of(name) + "'"));
    }

    static long parseInteger(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(value, "a whole number");
        }
    }

    static boolean parseBoolean(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(value, "true or false");
        };
    }

    static Duration parseDuration(String value) {
        var match = DURATION.matcher(value);
        if (!match.matches()) {
            throw wrong(value, "a number with a unit, such as 500ms, 2s or 5m");
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    static Path parsePath(String value) {
        try {
            Path path = Path.of(value);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(wrong(value, "a path").getMessage(), e);
        }
        throw wrong(value, "an absolute path");
    }

    private static IllegalArgumentException wrong(String value, String expected) {
        return new IllegalArgumentException("'" + UntrustedText.of(value) + "' is not " + expected);
    }
}
