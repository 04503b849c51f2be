package io.autousb.api;

import io.autousb.domain.model.UntrustedText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a program wrote to one of its streams. Its {@link #toString} is safe to print, in one line.
 *
 * @param raw the text as it came: for parsing, never for printing
 * @param cut whether there was more, which was dropped
 */
public record CommandOutput(String raw, boolean cut) {

    /** The longest output that is kept: the first so many bytes. */
    public static final int MAX_BYTES = 1 << 16;

    /** Nothing. */
    public static final CommandOutput NONE = new CommandOutput("", false);

    private static final String MARK = " [cut]";

    /**
     * Reads what came as UTF-8. Bytes that are none become U+FFFD.
     *
     * @param bytes what came
     * @param cut whether there was more
     * @return the output
     */
    public static CommandOutput of(byte[] bytes, boolean cut) {
        return new CommandOutput(new String(bytes, StandardCharsets.UTF_8), cut);
    }

    /**
     * The text by lines. Where it was cut, the last one may be a part.
     *
     * @return the lines, for parsing
     */
    public List<String> lines() {
        return raw.lines().toList();
    }

    /** The beginning of the text, escaped, with a mark if that is not all. */
    @Override
    public String toString() {
        String text = raw.strip();
        return UntrustedText.of(text) + (cut || text.length() > UntrustedText.MAX_LENGTH ? MARK : "");
    }
}
