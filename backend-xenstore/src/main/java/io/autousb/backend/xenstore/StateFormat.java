package io.autousb.backend.xenstore;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StoredState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The texts in which a state is kept, all of printable ASCII: a title that names the version, counts the entries and
 * has their checksum, and a line for each entry, sorted by key. In a value what is not printable ASCII, and the
 * backslash, is {@code \} and {@code uHHHH}, by UTF-16 units.
 *
 * <pre>{@code
 * version 1, 2 entries, checksum 5f0c3a9b
 * override.usb3 guest=windows
 * pause.1 linux
 * }</pre>
 */
final class StateFormat {

    /** More than the longest line takes: each byte of a value becomes six at most. */
    static final int MAX_LINE = StoredState.MAX_KEY_LENGTH + 1 + 6 * StoredState.MAX_VALUE_BYTES;

    private static final int VERSION = 1;
    private static final Pattern ANY_TITLE = Pattern.compile("version ([1-9][0-9]{0,8})(, .*)?");
    private static final Pattern TITLE =
            Pattern.compile("version " + VERSION + ", ([0-9]{1,4}) entries, checksum ([0-9a-f]{8})");
    private static final Pattern LINE = Pattern.compile("([^ ]+) ([ -~]*)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

    private StateFormat() {}

    /** What texts turned out to be. */
    sealed interface Content {}

    /** A state. */
    record Sound(StoredState state) implements Content {}

    /** None, and what is wrong with it. */
    record Spoilt(String code, String what) implements Content {}

    static final Spoilt INCOMPLETE = new Spoilt(BackendException.TORN, "entries of the state are missing");

    /** How many lines belong to a title. */
    sealed interface Title {
        record Entries(int count) implements Title {}

        record None(Spoilt why) implements Title {}
    }

    static List<String> lines(StoredState state) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(state.entries()).forEach((key, value) -> lines.add(key + ' ' + escaped(value)));
        return lines;
    }

    static String title(List<String> lines) {
        return "version " + VERSION + ", " + lines.size() + " entries, checksum " + checksum(lines);
    }

    static Title title(String text) {
        Matcher any = ANY_TITLE.matcher(text);
        if (!any.matches()) {
            return new Title.None(
                    new Spoilt(BackendException.FOREIGN, "in place of the state there is something else"));
        }
        int version = Integer.parseInt(any.group(1));
        if (version > VERSION) {
            return new Title.None(new Spoilt(
                    BackendException.NEWER,
                    "the state is of version " + version + ", and this program knows " + VERSION));
        }
        Matcher title = TITLE.matcher(text);
        if (!title.matches() || Integer.parseInt(title.group(1)) > StoredState.MAX_ENTRIES) {
            return new Title.None(new Spoilt(BackendException.TORN, "the title of the state cannot be right"));
        }
        return new Title.Entries(Integer.parseInt(title.group(1)));
    }

    /** The state of a title that {@link #title(String)} takes, and of as many lines as it counts. */
    static Content decode(String title, List<String> lines) {
        if (!title.equals(title(lines))) {
            return new Spoilt(BackendException.TORN, "the checksum of the state is wrong");
        }
        Map<String, String> entries = new HashMap<>();
        try {
            for (String line : lines) {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches() || entries.put(parts.group(1), unescaped(parts.group(2))) != null) {
                    return new Spoilt(BackendException.TORN, "an entry of the state cannot be right");
                }
            }
            return new Sound(new StoredState(entries));
        } catch (IllegalArgumentException e) {
            return new Spoilt(BackendException.TORN, "an entry of the state cannot be right");
        }
    }

    private static String escaped(String value) {
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '\\') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
    }

    private static String checksum(List<String> lines) {
        CRC32C sum = new CRC32C();
        lines.forEach(line -> sum.update((line + '\n').getBytes(StandardCharsets.UTF_8)));
        return String.format("%08x", sum.getValue());
    }
}
