package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.cli.console.ExitCode;
import org.junit.jupiter.api.Test;

class DemoTest {

    /** Takes as long as the demonstration does. */
    @Test
    void demo_showsTheMainJobAndEndsByItself() {
        ProgramFixture program = new ProgramFixture();

        assertThat(program.run("demo")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("guest windows is up", "guest windows was restarted", "attached 1-1.1", "detached 1-1.3")
                .contains("added a USB 3 controller to windows")
                .doesNotContain("attached 1-3 ");
        assertThat(program.err()).contains("failed to attach 1-1.4", "# it went as it should");
    }
}
