package io.autousb.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {

    private final CapturedConsole captured = CapturedConsole.plain();
    private final Console console = captured.console();

    @Test
    void event_isOneLineWithTheTime() {
        console.event(Verbosity.NORMAL, Style.GOOD, "attached", " 1-1");
        assertThat(captured.out()).containsExactly("23:04:05.067 attached 1-1");
        assertThat(captured.err()).isEmpty();
    }

    @Test
    void event_belowItsVerbosity_isNotPrinted() {
        console.event(Verbosity.VERBOSE, Style.GOOD, "plugged", " 1-1");
        console.verbosity(Verbosity.QUIET);
        console.event(Verbosity.NORMAL, Style.GOOD, "attached", " 1-1");
        console.say("watching");
        assertThat(captured.out()).isEmpty();
        assertThat(captured.err()).isEmpty();
    }

    @Test
    void trouble_warningsAndErrors_arePrintedEvenIfQuiet() {
        console.verbosity(Verbosity.QUIET);
        console.trouble(Style.ERROR, "failed", " to attach");
        console.warn("hub 1-1 is not there yet");
        console.error("no guest is named");
        assertThat(captured.err())
                .containsExactly(
                        "23:04:05.067 failed to attach",
                        "auto-usb-attach: warning: hub 1-1 is not there yet",
                        "auto-usb-attach: no guest is named");
    }

    @Test
    void data_isPrintedEvenIfQuiet() {
        console.verbosity(Verbosity.QUIET);
        console.data("usb1");
        assertThat(captured.out()).containsExactly("usb1");
    }

    @Test
    void anyLine_withControlCharacters_staysOneLineOfAscii() {
        console.data("a\nb\u001b[2J\u202e\u009b");
        console.error("c\rd");
        assertThat(captured.out()).containsExactly("a\\x0ab\\x1b[2J\\u202e\\x9b");
        assertThat(captured.err()).containsExactly("auto-usb-attach: c\\x0dd");
    }

    @Test
    void event_onATerminal_hasItsWordColoured() {
        CapturedConsole terminal = CapturedConsole.coloured();
        terminal.console().event(Verbosity.NORMAL, Style.GOOD, "attached", " 1-1");
        assertThat(terminal.out()).containsExactly("23:04:05.067 \u001b[32mattached\u001b[0m 1-1");
    }

    @Test
    void trace_onlyForThoseWhoDebug() {
        console.trace(new IllegalStateException("no"));
        assertThat(captured.err()).isEmpty();
        console.verbosity(Verbosity.DEBUG);
        console.trace(new IllegalStateException("no"));
        assertThat(captured.err()).first().isEqualTo("java.lang.IllegalStateException: no");
    }

    @ParameterizedTest
    @CsvSource({"true, 0, QUIET", "false, 0, NORMAL", "false, 1, VERBOSE", "false, 2, DEBUG", "false, 5, DEBUG"})
    void verbosity_followsTheOptions(boolean quiet, int verbose, Verbosity expected) {
        assertThat(Verbosity.of(quiet, verbose)).isEqualTo(expected);
    }
}
