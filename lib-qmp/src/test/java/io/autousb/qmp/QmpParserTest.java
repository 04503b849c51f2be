package io.autousb.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Lines as QEMU 7.2.22 and 10.0.13 (Debian) sent them. */
class QmpParserTest {

    private static final List<String> LINES = List.of(
            FakeQmpServer.GREETING,
            "{\"return\": {\"status\": \"prelaunch\", \"singlestep\": false, \"running\": false}, \"id\": 3}",
            "{\"id\": 37, \"error\": {\"class\": \"GenericError\", \"desc\": \"Duplicate device ID 'm'\"}}",
            "{\"timestamp\": {\"seconds\": 1795370932, \"microseconds\": 43367}, \"event\": \"DEVICE_DELETED\","
                    + " \"data\": {\"device\": \"m\", \"path\": \"/machine/peripheral/m\"}}");

    @Test
    void parse_whenRecorded_readsEachKind() throws Exception {
        assertThat(parse(LINES.get(0))).isEqualTo(new QmpMessage.Greeting("7.2.22"));
        assertThat(parse(LINES.get(1)))
                .isInstanceOfSatisfying(
                        QmpMessage.Answer.class,
                        answer -> assertThat(answer.id()).isEqualTo(3));
        assertThat(parse(LINES.get(2)))
                .isEqualTo(new QmpMessage.Failure(37, "GenericError", "Duplicate device ID 'm'"));
        assertThat(parse(LINES.get(3)))
                .isInstanceOfSatisfying(
                        QmpMessage.Notice.class,
                        notice -> assertThat(
                                        notice.event().data().path("device").asText())
                                .isEqualTo("m"));
    }

    @TestFactory
    Stream<DynamicTest> parse_whenNotQmp_saysSoSafely() {
        return Stream.of(
                        "",
                        "null",
                        "7",
                        "[]",
                        "{}",
                        "{\"return\": {}}",
                        "{\"return\": {}, \"id\": \"x\"}",
                        "{\"event\": 7}",
                        "{\"QMP\": 1}",
                        "{\"error\": 1, \"id\": 1}",
                        "{\"a\": \u001b[31m",
                        "{\"return\": 1e99999, \"id\": 1e99}")
                .map(line -> DynamicTest.dynamicTest(
                        line.isEmpty() ? "(empty)" : line.replace('\u001b', '?'),
                        () -> assertThatThrownBy(() -> parse(line))
                                .isInstanceOf(QmpProtocolException.class)
                                .message()
                                .matches("[ -~]+")));
    }

    @Test
    void parse_whenTruncatedOrCorrupted_neverFailsOtherwise() {
        Random random = new Random(7);
        for (String line : LINES) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            for (int length = 0; length < bytes.length; length++) {
                byte[] copy = bytes.clone();
                copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
                assertParsesOrRefuses(bytes, length);
                assertParsesOrRefuses(copy, copy.length);
            }
        }
    }

    @Test
    void parse_whenBytesLookLikeAnotherEncoding_refusesThem() {
        byte[] line = {0, 0, 0x7b, 0, 0, 0, 0x7d, 0};
        assertThatThrownBy(() -> QmpParser.parse(line, line.length)).isInstanceOf(QmpProtocolException.class);
    }

    @Test
    void parse_whenFullOfTokens_refusesItBeforeItFillsTheMemory() {
        String line = "{\"id\": 1, \"return\": [" + "[],".repeat(150_000) + "[]]}";
        assertThatThrownBy(() -> parse(line)).isInstanceOf(QmpProtocolException.class);
    }

    private static void assertParsesOrRefuses(byte[] line, int length) {
        try {
            assertThat(QmpParser.parse(line, length)).isNotNull();
        } catch (QmpProtocolException e) {
            assertThat(e.getMessage()).matches("[ -~]+");
        }
    }

    private static QmpMessage parse(String line) throws QmpProtocolException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return QmpParser.parse(bytes, bytes.length);
    }
}
