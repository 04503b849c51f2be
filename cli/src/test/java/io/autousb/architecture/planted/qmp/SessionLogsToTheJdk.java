package io.autousb.architecture.planted.qmp;

import java.util.logging.Logger;

/** Breaks LOGGING_IS_SLF4J. */
final class SessionLogsToTheJdk {
    private final Logger log = Logger.getLogger("qmp");

    void say() {
        log.info("connected");
    }
}
