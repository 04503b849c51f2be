package io.autousb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(strings = {"", "./xl", "bin/xl", "xl\0"})
    void of_whatCanBeNoProgram_isRefused(String program) {
        assertThatThrownBy(() -> Command.of(TIMEOUT, program)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_nothing_isRefused() {
        assertThatThrownBy(() -> Command.of(TIMEOUT)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_anArgumentThatEndsInTheMiddle_isRefused() {
        assertThatThrownBy(() -> Command.of(TIMEOUT, "xl", "a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void argv_whenTheListChanges_staysTheSame() {
        List<String> argv = new ArrayList<>(List.of("/usr/sbin/xl", "list"));
        Command command = new Command(argv, TIMEOUT);
        argv.set(1, "destroy");
        assertThat(command.argv()).containsExactly("/usr/sbin/xl", "list");
    }

    @Test
    void toString_always_isOneSafeLine() {
        assertThat(Command.of(TIMEOUT, "xl", "usb-list", "win\n\u001b[2J")).hasToString("xl usb-list win\\x0a\\x1b[2J");
    }

    @Test
    void output_always_isSafeToPrintAndFitToParse() {
        CommandOutput output = CommandOutput.of("a \u001bb\nc \n".getBytes(StandardCharsets.UTF_8), false);
        assertThat(output.raw()).isEqualTo("a \u001bb\nc \n");
        assertThat(output.lines()).containsExactly("a \u001bb", "c ");
        assertThat(output).hasToString("a \\x1bb\\x0ac");
    }

    @Test
    void output_thatIsNotAll_isMarked() {
        assertThat(CommandOutput.of(new byte[] {'a'}, true)).hasToString("a [cut]");
        assertThat(new CommandOutput("x".repeat(513), false).toString()).endsWith("x [cut]");
        assertThat(new CommandOutput("x".repeat(512), false).toString()).endsWith("xx");
    }

    @Test
    void succeeded_afterAnythingButExitCodeZero_isFalse() {
        assertThat(result(CommandOutcome.exited(0)).succeeded()).isTrue();
        assertThat(result(CommandOutcome.exited(1)).succeeded()).isFalse();
        assertThat(result(CommandOutcome.signalled(0)).succeeded()).isFalse();
        assertThat(result(CommandOutcome.notStarted("")).succeeded()).isFalse();
    }

    @Test
    void run_always_closesWhatItHasStarted() {
        AtomicBoolean closed = new AtomicBoolean();
        CommandRunner runner = command -> new RunningCommand() {
            @Override
            public CommandResult await() {
                return result(CommandOutcome.exited(7));
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        assertThat(runner.run(Command.of(TIMEOUT, "xl")).outcome()).isEqualTo(CommandOutcome.exited(7));
        assertThat(closed).isTrue();
    }

    @Test
    void none_always_startsNothing() {
        assertThat(CommandRunner.none("not here").run(Command.of(TIMEOUT, "xl")).outcome())
                .isEqualTo(CommandOutcome.notStarted("not here"));
    }

    private static CommandResult result(CommandOutcome outcome) {
        return new CommandResult(outcome, CommandOutput.NONE, CommandOutput.NONE);
    }
}
