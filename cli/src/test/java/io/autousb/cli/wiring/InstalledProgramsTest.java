package io.autousb.cli.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import io.autousb.api.Command;
import io.autousb.api.CommandResult;
import io.autousb.api.ProviderContext;
import io.autousb.cli.console.Environment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InstalledProgramsTest {

    @Test
    void context_ofARealProcess_lendsWhatRunsPrograms() {
        ProviderContext context =
                Guice.createInjector(new CoreModule(Environment.ofProcess())).getInstance(ProviderContext.class);
        CommandResult result = context.commands().run(Command.of(Duration.ofSeconds(30), "echo", "said"));
        assertThat(result.succeeded()).as("%s", result).isTrue();
        assertThat(result.stdout().raw()).isEqualTo("said\n");
    }
}
