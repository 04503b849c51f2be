package io.autousb.qmp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.autousb.domain.model.UntrustedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads single lines of QEMU's. Pure. */
final class QmpParser {

    /** QEMU's deepest answers that we ask for have 4 levels. */
    private static final int MAX_NESTING = 64;

    /** A node takes up to 40 times its text. The longest answer that exists, of 240 KB, has some 40,000 tokens. */
    private static final int MAX_TOKENS = 200_000;

    private static final ObjectReader JSON = new JsonMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxStringLength(QmpLines.MAX_LENGTH)
                            .maxNumberLength(40)
                            .maxNameLength(1000)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .reader();

    private QmpParser() {}

    /**
     * Reads a line.
     *
     * @throws QmpProtocolException if it is not a message of QMP, or an answer without our kind of id:
     *     QEMU sends one when it could not read what it was sent, and nothing after that can be trusted
     */
    static QmpMessage parse(byte[] line, int length) throws QmpProtocolException {
        JsonNode message = json(line, length);
        if (message.path("event").isTextual()) {
            JsonNode data = message.path("data");
            return new QmpMessage.Notice(new QmpEvent(
                    message.path("event").textValue(), data.isObject() ? data : JsonNodeFactory.instance.objectNode()));
        }
        if (message.path("QMP").isObject()) {
            return new QmpMessage.Greeting(version(message.path("QMP").path("version")));
        }
        JsonNode id = message.path("id");
        if (message.has("return") && id.canConvertToLong()) {
            return new QmpMessage.Answer(id.longValue(), message.path("return"));
        }
        JsonNode error = message.path("error");
        if (error.isObject() && id.canConvertToLong()) {
            return new QmpMessage.Failure(
                    id.longValue(),
                    error.path("class").asText(),
                    error.path("desc").asText());
        }
        throw unexpected(line, length);
    }

    private static JsonNode json(byte[] line, int length) throws QmpProtocolException {
        try {
            // A text and no bytes: of those Jackson would guess the encoding.
            JsonNode message = JSON.readTree(new String(line, 0, length, StandardCharsets.UTF_8));
            if (message.isObject()) {
                return message;
            }
        } catch (IOException e) {
            // said below, with the line itself
        }
        throw unexpected(line, length);
    }

    private static QmpProtocolException unexpected(byte[] line, int length) {
        String start = new String(line, 0, Math.min(length, 120), StandardCharsets.ISO_8859_1);
        return new QmpProtocolException("unexpected line \"" + UntrustedText.of(start) + "\"");
    }

    private static String version(JsonNode version) {
        JsonNode qemu = version.path("qemu");
        return qemu.path("major").asInt() + "." + qemu.path("minor").asInt() + "."
                + qemu.path("micro").asInt();
    }
}
