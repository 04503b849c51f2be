package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDecoderTest {

    /** A READ of {@code /a}, by hand, as a little-endian machine has it. */
    private static final byte[] READ_A = {2, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 3, 0, 0, 0, '/', 'a', 0};

    private final MessageDecoder decoder = new MessageDecoder();

    @Test
    void encode_always_putsFourWordsBeforeThePayload() {
        ByteBuffer bytes = new Message(MessageType.READ, 5, 9, Payload.strings("/a")).encode();
        assertThat(bytes.array()).isEqualTo(inHostOrder(READ_A));
    }

    @Test
    void next_whenMessageIsWhole_returnsIt() throws Exception {
        feed(inHostOrder(READ_A));
        Message message = decoder.next();
        assertThat(message.type()).isEqualTo(MessageType.READ);
        assertThat(message.requestId()).isEqualTo(5);
        assertThat(message.transactionId()).isEqualTo(9);
        assertThat(message.payload().strings()).containsExactly("/a");
        assertThat(decoder.next()).isNull();
    }

    @Test
    void next_untilMessageIsWhole_isNull() throws Exception {
        byte[] bytes = inHostOrder(READ_A);
        for (int i = 0; i < bytes.length - 1; i++) {
            feed(new byte[] {bytes[i]});
            assertThat(decoder.next()).isNull();
        }
        feed(new byte[] {bytes[bytes.length - 1]});
        assertThat(decoder.next()).isNotNull();
    }

    @Test
    void next_whenLongestPayload_takesIt() throws Exception {
        feed(header(2, MessageDecoder.MAX_PAYLOAD));
        feed(new byte[MessageDecoder.MAX_PAYLOAD]);
        assertThat(decoder.next().payload().length()).isEqualTo(MessageDecoder.MAX_PAYLOAD);
    }

    @ParameterizedTest
    @ValueSource(ints = {MessageDecoder.MAX_PAYLOAD + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void next_whenPayloadIsTooLong_failsAtTheHeader(int length) {
        feed(header(2, length));
        assertThatThrownBy(decoder::next)
                .isInstanceOf(XenstoreProtocolException.class)
                .hasMessageContaining(Integer.toUnsignedString(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 27, 128, 255, -1, Integer.MIN_VALUE, 0x48545450})
    void next_whenTypeIsUnknown_fails(int type) {
        feed(header(type, 0));
        assertThatThrownBy(decoder::next).isInstanceOf(XenstoreProtocolException.class);
    }

    @TestFactory
    Stream<DynamicTest> next_whateverTheCuts_returnsTheSameMessages() {
        return IntStream.range(0, 50)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    List<Message> sent = new ArrayList<>();
                    ByteArrayOutputStream stream = new ByteArrayOutputStream();
                    for (int i = 0; i < 30; i++) {
                        sent.add(message(random));
                        stream.writeBytes(sent.get(i).encode().array());
                    }
                    assertThat(decodedInPieces(stream.toByteArray(), random)).isEqualTo(texts(sent));
                }));
    }

    /** Whatever comes: messages, or the one failure; never more memory than the longest message takes. */
    @TestFactory
    Stream<DynamicTest> next_whenBytesAreRandom_failsOrGoesOn() {
        return IntStream.range(0, 200)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    ByteArrayOutputStream stream = new ByteArrayOutputStream();
                    stream.writeBytes(message(random).encode().array());
                    byte[] noise = new byte[random.nextInt(100_000)];
                    random.nextBytes(noise);
                    if (random.nextBoolean()) {
                        stream.writeBytes(header(random.nextInt(30), random.nextInt(80_000)));
                    }
                    stream.writeBytes(noise);
                    try {
                        assertThat(decodedInPieces(stream.toByteArray(), random))
                                .isNotEmpty();
                    } catch (XenstoreProtocolException e) {
                        assertThat(e.getMessage()).matches("[ -~]+");
                    }
                }));
    }

    private List<String> decodedInPieces(byte[] bytes, Random random) throws XenstoreProtocolException {
        MessageDecoder own = new MessageDecoder();
        List<Message> messages = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            ByteBuffer room = own.room();
            assertThat(room.hasRemaining()).isTrue();
            assertThat(room.capacity()).isLessThanOrEqualTo(Message.HEADER_BYTES + MessageDecoder.MAX_PAYLOAD);
            int count = Math.min(Math.min(1 + random.nextInt(5000), room.remaining()), bytes.length - from);
            room.put(bytes, from, count);
            own.added(count);
            from += count;
            for (Message next = own.next(); next != null; next = own.next()) {
                messages.add(next);
            }
        }
        return texts(messages);
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream()
                .map(each -> each.type() + " " + each.requestId() + " " + each.transactionId() + " "
                        + each.payload().text())
                .toList();
    }

    private static Message message(Random random) {
        MessageType type = MessageType.values()[random.nextInt(MessageType.values().length)];
        byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? MessageDecoder.MAX_PAYLOAD : 100)];
        random.nextBytes(payload);
        return new Message(type, random.nextInt(), random.nextInt(), Payload.of(payload));
    }

    private static byte[] header(int type, int length) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putInt(type)
                .putInt(1)
                .putInt(0)
                .putInt(length)
                .array();
    }

    private static byte[] inHostOrder(byte[] littleEndian) {
        ByteBuffer in = ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(littleEndian.length).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 4; i++) {
            out.putInt(in.getInt());
        }
        return out.put(in).array();
    }

    private void feed(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            ByteBuffer room = decoder.room();
            int count = Math.min(room.remaining(), bytes.length - from);
            room.put(bytes, from, count);
            decoder.added(count);
            from += count;
        }
    }
}
