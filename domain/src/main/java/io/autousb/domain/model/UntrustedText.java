package io.autousb.domain.model;

/**
 * Text that a device, a guest or a hypervisor made up. Its {@link #toString} is safe to print: one
 * line of printable ASCII, whatever the text holds.
 *
 * <p>The kernel passes everything but U+0000 through from a device's string descriptors, escape
 * sequences, newlines and bidirectional controls included (Linux {@code usb_cache_string}).
 *
 * @param raw the text as it came, at most {@value #MAX_LENGTH} characters: for comparing, never for
 *     printing
 */
public record UntrustedText(String raw) {

    /** A USB string has at most 126 UTF-16 units; messages of hypervisors get the rest. */
    public static final int MAX_LENGTH = 512;

    /** Cuts what is too long. */
    public UntrustedText {
        if (raw.length() > MAX_LENGTH) {
            raw = raw.substring(0, MAX_LENGTH);
        }
    }

    /**
     * Wraps a text.
     *
     * @param raw the text as it came
     * @return the wrapped text
     */
    public static UntrustedText of(String raw) {
        return new UntrustedText(raw);
    }

    /** The text with backslash, quote and everything outside printable ASCII escaped. */
    @Override
    public String toString() {
        StringBuilder safe = new StringBuilder(raw.length() + 8);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\\' || c == '"') {
                safe.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                safe.append(c);
            } else {
                safe.append(c <= 0xff ? "\\x" : "\\u").append(hex(c, c <= 0xff ? 2 : 4));
            }
        }
        return safe.toString();
    }

    private static String hex(char c, int digits) {
        String hex = Integer.toHexString(c);
        return "0".repeat(digits - hex.length()) + hex;
    }
}
