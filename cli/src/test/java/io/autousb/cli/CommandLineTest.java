package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private final ProgramFixture program = new ProgramFixture();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                              | no guest is named (-d): say which with -d GUEST",
                "-u usb3                       | no guest is named",
                "-d g1                         | nothing is named that guest g1 is to have (-u, -x): name a hub",
                "-d g1 -u 1-                   | -u '1-' names no hub or port: write a root hub such as usb3",
                "-d g1 -u 1-1 -u usb99         | -u 'usb99' names no hub or port",
                "-d g1 -x 46d:c31c             | -x '46d:c31c' is no VID:PID: two numbers of four hexadecimal digits",
                "-d g1 -u usb3 --usb-version 4 | there is no USB 4 for controllers (--usb-version): write 1, 2 or 3",
                "-d g1 -u usb3 -q -v           | -q and -v exclude each other: leave one of them out",
                "-d g1 -d g2 -u usb3           | should be specified only once",
                "-d                            | Missing required parameter for option '--guest'",
                "-d g1 -u usb3 --dry-rum       | there is no option '--dry-rum': did you mean --dry-run?",
                "lsit                          | there is no command 'lsit': did you mean list?",
                "list --jsno                   | there is no option '--jsno': did you mean --json? see `auto-usb-attach list",
                "-d g1 -u usb3 -s /run/q.sock  | hypervisor sim has no option qmp-socket (-s): it has none, leave it out",
            })
    void run_wrongCommandLine_saysInOneLineWhatToWrite(String args, String message) {
        int exitCode = program.run(args == null ? new String[0] : args.split(" "));

        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(program.err())
                .hasLineCount(1)
                .startsWith("auto-usb-attach: ")
                .contains(message);
        assertThat(program.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-d g1 -u usb3 --hypervisor sum | there is no hypervisor 'sum' (--hypervisor): did you mean sim?",
                "list --device-source udev      | there is no device source 'udev' (--device-source): there are sim",
            })
    void run_unknownBackend_isUnavailable(String args, String message) {
        assertThat(program.run(args.split(" "))).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.err())
                .hasLineCount(1)
                .startsWith("auto-usb-attach: ")
                .contains(message);
    }

    @Test
    void run_hostileWord_isEscaped() {
        program.run("-d", "g1", "-u", "\u001b[2J\nusb3");
        assertThat(program.err()).contains("'\\x1b[2J\\x0ausb3'").hasLineCount(1);
    }

    @Test
    void run_hostileOptionValue_isEscaped() {
        program.run("-d", "g1", "-u", "usb3", "--usb-version", "\u001b[2J\n4");
        assertThat(program.err()).contains("USB \\x1b[2J\\x0a4").hasLineCount(1);
    }

    @Test
    void help_goesToStdout() {
        assertThat(program.run("--help")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("Usage: auto-usb-attach -d GUEST -u HUB", "--detach-on-exit", "Exit codes:");
        assertThat(program.err()).isEmpty();
    }

    @Test
    void help_ofEachCommand_isThere() {
        for (String command : new String[] {"list", "backends", "demo"}) {
            assertThat(new ProgramFixture().run(command, "--help")).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void version_namesTheProgram() {
        assertThat(program.run("--version")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).startsWith("auto-usb-attach ");
    }

    @Test
    void run_withoutAnyBackend_isUnavailable() {
        assertThat(program.withoutProviders().run("-d", "g1", "-u", "usb1")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.err())
                .isEqualTo("auto-usb-attach: no device source can work here (--device-source):"
                        + " none is installed: put a plugin that has one into the folder plugins"
                        + System.lineSeparator());
    }

    @Test
    void run_withBackendThatThrows_isUnavailable() {
        int exitCode = program.with(new FaultyProvider()).run("list", "--device-source", "faulty");

        assertThat(exitCode).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.err()).hasLineCount(1).contains("faulty is broken: IllegalStateException: by design");
    }

    @Test
    void run_debugging_printsTheStackTrace() {
        program.with(new FaultyProvider()).run("list", "-vv", "--device-source", "faulty");
        assertThat(program.err()).contains("    at " + FaultyProvider.class.getName() + ".create");
    }
}
