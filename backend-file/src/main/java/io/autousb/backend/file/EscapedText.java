package io.autousb.backend.file;

/**
 * Text in printable ASCII: {@code \\} for a backslash, {@code \xHH} and {@code \}{@code uHHHH} for what is
 * not printable ASCII, by UTF-16 units.
 */
final class EscapedText {

    private EscapedText() {}

    static void append(String text, StringBuilder into) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                into.append("\\\\");
            } else if (c >= ' ' && c <= '~') {
                into.append(c);
            } else {
                into.append(String.format(c <= 0xff ? "\\x%02x" : "\\u%04x", (int) c));
            }
        }
    }

    /** Throws {@link IllegalArgumentException} if it is none. */
    static String parse(String escaped) {
        StringBuilder text = new StringBuilder(escaped.length());
        int at = 0;
        while (at < escaped.length()) {
            char c = escaped.charAt(at);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("not escaped");
            }
            if (c == '\\') {
                int length = length(escaped, at);
                text.append(length == 2 ? c : (char) Integer.parseInt(escaped, at + 2, at + length, 16));
                at += length;
            } else {
                text.append(c);
                at++;
            }
        }
        return text.toString();
    }

    /** How many characters stand for the one that is escaped. */
    private static int length(String escaped, int at) {
        char kind = at + 1 < escaped.length() ? escaped.charAt(at + 1) : 0;
        int length = switch (kind) {
            case '\\' -> 2;
            case 'x' -> 4;
            case 'u' -> 6;
            default -> throw new IllegalArgumentException("no such escape");
        };
        if (at + length > escaped.length()) {
            throw new IllegalArgumentException("an escape ends early");
        }
        return length;
    }
}
