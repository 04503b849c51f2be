package io.autousb.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogSetupTest {

    private static final Logger LOG = LoggerFactory.getLogger("io.autousb.some.Part");

    private final CapturedConsole captured = CapturedConsole.plain();

    @AfterEach
    void restore() {
        LogSetup.apply(CapturedConsole.plain().console());
    }

    @Test
    void log_byDefault_showsWarningsInOneLine() {
        LogSetup.apply(captured.console());
        LOG.warn("dropped {} events\nof {}", 3, "1-1");
        LOG.info("not shown");
        assertThat(captured.err()).containsExactly("23:04:05.067 warning Part: dropped 3 events\\x0aof 1-1");
    }

    @Test
    void log_debugging_showsAllWithStackTraces() {
        captured.console().verbosity(Verbosity.DEBUG);
        LogSetup.apply(captured.console());
        LOG.debug("looking", new IllegalStateException("no"));
        assertThat(captured.err())
                .startsWith(
                        "23:04:05.067 debug Part: looking: java.lang.IllegalStateException: no",
                        "java.lang.IllegalStateException: no");
    }

    @Test
    void log_ofOthers_showsWarningsOnly() {
        captured.console().verbosity(Verbosity.DEBUG);
        LogSetup.apply(captured.console());
        LoggerFactory.getLogger("java.lang.Runtime").info("Runtime.exit() called");
        assertThat(captured.err()).isEmpty();
    }

    @Test
    void log_withThrowableByDefault_hasNoStackTrace() {
        LogSetup.apply(captured.console());
        LOG.error("an observer failed", new IllegalStateException("no"));
        assertThat(captured.err())
                .containsExactly("23:04:05.067 error Part: an observer failed: java.lang.IllegalStateException: no");
    }
}
