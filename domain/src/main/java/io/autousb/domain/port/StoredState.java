package io.autousb.domain.port;

import io.autousb.domain.model.UntrustedText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a {@link StateStore} remembers: a few short texts by key. The limits are such that any store can
 * hold it; whatever breaks them is refused here, before a store sees it. Its {@link #toString} is safe to
 * print.
 *
 * @param entries the values by key, at most {@value #MAX_ENTRIES}. A key has 1 to {@value #MAX_KEY_LENGTH}
 *     ASCII letters, digits and {@code . _ : -}, beginning with a letter or digit. A value is any text
 *     that takes at most {@value #MAX_VALUE_BYTES} bytes of UTF-8
 */
public record StoredState(Map<String, String> entries) {

    /** The largest number of entries. */
    public static final int MAX_ENTRIES = 512;

    /** The longest key, in characters. */
    public static final int MAX_KEY_LENGTH = 128;

    /** The longest value, in bytes of UTF-8. xenstore takes 4 KiB in a message, with the key. */
    public static final int MAX_VALUE_BYTES = 2048;

    /** Nothing to remember. */
    public static final StoredState EMPTY = new StoredState(Map.of());

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0," + (MAX_KEY_LENGTH - 1) + "}");

    /** Checks the limits and copies the entries. */
    public StoredState {
        entries = Map.copyOf(entries);
        if (entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "more than " + MAX_ENTRIES + " entries are to be remembered: " + entries.size());
        }
        entries.forEach(StoredState::check);
    }

    private static void check(String key, String value) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("no key to remember something by: " + UntrustedText.of(key));
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("the value of " + key + " is no Unicode text");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("the value of " + key + " is longer than " + MAX_VALUE_BYTES + " bytes");
        }
    }

    /** How many entries there are. */
    @Override
    public String toString() {
        return entries.size() + (entries.size() == 1 ? " entry" : " entries");
    }
}
