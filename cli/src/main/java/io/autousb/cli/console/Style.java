package io.autousb.cli.console;

/** What a line is about; a terminal shows it by colour. */
public enum Style {
    /** Nothing special. */
    PLAIN("0"),
    /** Something came. */
    GOOD("32"),
    /** Something went. */
    GONE("36"),
    /** Something is to be noted. */
    WARNING("33"),
    /** Something is wrong. */
    ERROR("31");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** Paints a text by the terminal's own colours (ECMA-48, SGR). */
    String paint(String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
