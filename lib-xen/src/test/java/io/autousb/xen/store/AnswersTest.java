package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

    @ParameterizedTest
    @ValueSource(strings = {"7\0", "7", "4294967295\0"})
    void transactionId_whenANumber_isThat(String payload) throws Exception {
        assertThat(Integer.toUnsignedString(Answers.transactionId(payload(payload))))
                .isEqualTo(payload.replace("\0", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "0\0", "-1\0", "4294967296\0", "x\0", "1\0\0", "1 \0"})
    void transactionId_whenNone_fails(String payload) {
        assertThatThrownBy(() -> Answers.transactionId(payload(payload))).isInstanceOf(XenstoreProtocolException.class);
    }

    @Test
    void names_whenWellFormed_areThose() throws Exception {
        assertThat(Answers.names(payload("0\0vusb-1_@\0"))).containsExactly("0", "vusb-1_@");
        assertThat(Answers.names(payload(""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a\0b", "\0", "a\0\0", "a/b\0", "..\0", "\u001b[31m\0", "\u00e4\0"})
    void names_whenOneIsNone_fails(String payload) {
        assertThatThrownBy(() -> Answers.names(payload(payload))).isInstanceOf(XenstoreProtocolException.class);
    }

    @Test
    void part_inTheMiddle_goesOn() throws Exception {
        Answers.Part part = Answers.part(payload("12\0ab\0c\0"));
        assertThat(part).isEqualTo(new Answers.Part("12", List.of("ab", "c"), 5, false));
    }

    @Test
    void part_atTheEnd_isTheLast() throws Exception {
        assertThat(Answers.part(payload("12\0ab\0\0"))).isEqualTo(new Answers.Part("12", List.of("ab"), 3, true));
        assertThat(Answers.part(payload("12\0\0"))).isEqualTo(new Answers.Part("12", List.of(), 0, true));
    }

    /** One without a name would be asked for again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"", "12", "12\0", "12\0a", "12\0\0a\0", "12\0a/b\0", "12\0a\0\0\0"})
    void part_whenMalformed_fails(String payload) {
        assertThatThrownBy(() -> Answers.part(payload(payload))).isInstanceOf(XenstoreProtocolException.class);
    }

    @TestFactory
    Stream<DynamicTest> any_whenPayloadIsRandomOrCut_failsInOneWayOnly() {
        byte[] sound = payload("12\0alpha\0beta-2\0\0").text().getBytes(StandardCharsets.ISO_8859_1);
        return IntStream.range(0, 300)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    byte[] bytes = java.util.Arrays.copyOf(sound, random.nextInt(sound.length + 1));
                    for (int i = 0; i < random.nextInt(4) && bytes.length > 0; i++) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                    Payload payload = Payload.of(bytes);
                    for (Reading reading :
                            List.<Reading>of(Answers::part, Answers::names, Answers::transactionId, Payload::strings)) {
                        try {
                            assertThat(reading.read(payload)).isNotNull();
                        } catch (XenstoreProtocolException e) {
                            assertThat(e.getMessage()).matches("[ -~]+");
                        }
                    }
                }));
    }

    private interface Reading {
        Object read(Payload payload) throws XenstoreProtocolException;
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
