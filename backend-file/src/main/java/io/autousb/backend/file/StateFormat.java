package io.autousb.backend.file;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StoredState;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The text in which a state is kept: lines of printable ASCII, of which the first names the version and the
 * last, which no entry can look like, counts the entries and has the checksum of all lines before it.
 *
 * <pre>{@code
 * auto-usb-attach state 1
 * pause.1 windows
 * -- 1 5f0c3a9b
 * }</pre>
 */
final class StateFormat {

    /** More than the largest state takes: a byte of a value becomes four at most. */
    static final int MAX_BYTES =
            StoredState.MAX_ENTRIES * (StoredState.MAX_KEY_LENGTH + 4 * StoredState.MAX_VALUE_BYTES + 2) + 100;

    private static final int VERSION = 1;
    private static final String TITLE = "auto-usb-attach state ";
    private static final Pattern FIRST = Pattern.compile(TITLE + "([1-9][0-9]{0,8})");
    private static final Pattern LAST = Pattern.compile("-- ([0-9]{1,9}) ([0-9a-f]{8})");

    private StateFormat() {}

    /** What a text turned out to be. */
    sealed interface Content {
        /** What it counts as. */
        StoredState state();
    }

    /** A state. */
    record Sound(StoredState state) implements Content {}

    /** None, and what is wrong with it. */
    record Spoilt(String code, String what) implements Content {
        @Override
        public StoredState state() {
            return StoredState.EMPTY;
        }
    }

    static final Spoilt SOMETHING_ELSE =
            new Spoilt(BackendException.FOREIGN, "in place of the state there is something else");

    static byte[] encode(StoredState state) {
        StringBuilder text = new StringBuilder(TITLE).append(VERSION).append('\n');
        new TreeMap<>(state.entries()).forEach((key, value) -> {
            text.append(key).append(' ');
            EscapedText.append(value, text);
            text.append('\n');
        });
        String lines = text.toString();
        return (lines + "-- " + state.entries().size() + ' ' + checksum(lines) + '\n')
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    static Content decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int firstEnd = text.indexOf('\n');
        String first = firstEnd < 0 ? text : text.substring(0, firstEnd);
        if (firstEnd < 0 && (TITLE.startsWith(first) || FIRST.matcher(first).matches())) {
            return torn(text.isEmpty() ? "the state is empty" : "the state ends in its first line");
        }
        Matcher title = FIRST.matcher(first);
        if (!title.matches()) {
            return SOMETHING_ELSE;
        }
        int version = Integer.parseInt(title.group(1));
        if (version > VERSION) {
            return new Spoilt(
                    BackendException.NEWER,
                    "the state is of version " + version + ", and this program knows " + VERSION);
        }
        return body(text, firstEnd + 1);
    }

    private static Content body(String text, int start) {
        int lastStart = text.lastIndexOf('\n', text.length() - 2) + 1;
        Matcher last = LAST.matcher(text.substring(lastStart, Math.max(lastStart, text.length() - 1)));
        if (!text.endsWith("\n") || !last.matches()) {
            return torn("the end of the state is missing");
        }
        if (!last.group(2).equals(checksum(text.substring(0, lastStart)))) {
            return torn("the checksum of the state is wrong");
        }
        try {
            Map<String, String> entries = entries(text, start, lastStart);
            if (entries.size() == Integer.parseInt(last.group(1))) {
                return new Sound(new StoredState(entries));
            }
            return torn("entries of the state are missing");
        } catch (IllegalArgumentException e) {
            return torn("an entry of the state cannot be right");
        }
    }

    private static Map<String, String> entries(String text, int start, int end) {
        Map<String, String> entries = new HashMap<>();
        for (int at = start; at < end; ) {
            int lineEnd = text.indexOf('\n', at);
            int blank = text.indexOf(' ', at);
            if (blank < 0 || blank > lineEnd) {
                throw new IllegalArgumentException("an entry without value");
            }
            entries.put(text.substring(at, blank), EscapedText.parse(text.substring(blank + 1, lineEnd)));
            at = lineEnd + 1;
        }
        return entries;
    }

    private static Spoilt torn(String what) {
        return new Spoilt(BackendException.TORN, what);
    }

    private static String checksum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", sum.getValue());
    }
}
