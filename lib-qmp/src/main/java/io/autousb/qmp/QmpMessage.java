package io.autousb.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/** What a line of QEMU's can be. */
sealed interface QmpMessage {

    /** The first line of a session. */
    record Greeting(String version) implements QmpMessage {}

    /** The answer to a command that succeeded. */
    record Answer(long id, JsonNode value) implements QmpMessage {}

    /** The answer to a command that failed. */
    record Failure(long id, String errorClass, String description) implements QmpMessage {}

    /** Something that QEMU says by itself. */
    record Notice(QmpEvent event) implements QmpMessage {}
}
