package io.autousb.cli.console;

/**
 * The last line of defence: whatever a text holds, it is printed as one line of printable ASCII. Texts of
 * devices and guests are escaped already where they come in; this leaves those as they are.
 */
public final class SafeText {

    private SafeText() {}

    /**
     * Escapes everything outside printable ASCII.
     *
     * @param text any text
     * @return the text on one line
     */
    public static String line(String text) {
        if (text.chars().allMatch(SafeText::isPrintable)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPrintable(c)) {
                safe.append(c);
            } else {
                safe.append(c <= 0xff ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c));
            }
        }
        return safe.toString();
    }

    private static boolean isPrintable(int c) {
        return c >= ' ' && c <= '~';
    }
}
