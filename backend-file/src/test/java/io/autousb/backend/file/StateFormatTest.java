package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.file.StateFormat.Sound;
import io.autousb.backend.file.StateFormat.Spoilt;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StoredState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFormatTest {

    private static final StoredState SOME =
            new StoredState(Map.of("b", "two\nlines", "a", "\u20ac \\ \u001b", "c", ""));

    @Test
    void encode_always_isReadableText() {
        assertThat(text(SOME)).startsWith("auto-usb-attach state 1\na \\u20ac \\\\ \\x1b\nb two\\x0alines\nc \n-- 3 ");
        assertThat(text(StoredState.EMPTY)).matches("auto-usb-attach state 1\n-- 0 [0-9a-f]{8}\n");
    }

    @Test
    void encode_ofEqualStates_isEqual() {
        Map<String, String> reversed = new HashMap<>();
        SOME.entries().entrySet().stream()
                .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                .forEach(it -> reversed.put(it.getKey(), it.getValue()));
        assertThat(text(new StoredState(reversed))).isEqualTo(text(SOME));
    }

    @Test
    void decode_ofWhatWasEncoded_isTheState() {
        assertThat(StateFormat.decode(StateFormat.encode(SOME))).isEqualTo(new Sound(SOME));
    }

    @Test
    void decode_ofRandomStates_isTheState() {
        Random random = new Random(20261122);
        for (int i = 0; i < 300; i++) {
            StoredState state = randomState(random);
            assertThat(StateFormat.decode(StateFormat.encode(state))).isEqualTo(new Sound(state));
        }
    }

    @Test
    void decode_ofAnyBeginning_isTorn() {
        byte[] whole = StateFormat.encode(SOME);
        for (int length = 0; length < whole.length; length++) {
            assertThat(StateFormat.decode(Arrays.copyOf(whole, length)))
                    .as("of %d bytes", length)
                    .isInstanceOfSatisfying(
                            Spoilt.class, it -> assertThat(it.code()).isEqualTo(BackendException.TORN));
        }
    }

    @Test
    void decode_whereAnyBitIsChanged_isNoState() {
        byte[] whole = StateFormat.encode(SOME);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(StateFormat.decode(changed)).as("bit %d", bit).isInstanceOf(Spoilt.class);
        }
    }

    @Test
    void decode_withSomethingBehind_isTorn() {
        assertReason(text(SOME) + "x", BackendException.TORN);
        assertReason(text(SOME) + "\n", BackendException.TORN);
        assertReason(text(SOME) + text(SOME), BackendException.TORN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root:x:0:0:root:/root:/bin/bash\n",
                "auto-usb-attach state\n",
                "auto-usb-attach state x\n",
                "auto-usb-attach state 0\n",
                "auto-usb-attach state 1 \n",
                "auto-usb-attach state 99999999999999999999\n",
                "Auto-usb-attach state 1\n",
                "\n",
                "\0\0\0\0\0\0\0\0",
                "\u00ff\u00fe",
                "version: 1"
            })
    void decode_ofSomethingElse_isForeign(String text) {
        assertReason(text, BackendException.FOREIGN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auto-usb-attach state 2\n",
                "auto-usb-attach state 2\n\u00ff\0",
                "auto-usb-attach state 999999999\n-- 0 00000000\n"
            })
    void decode_ofALaterVersion_isNewer(String text) {
        assertReason(text, BackendException.NEWER);
    }

    /** All with the right checksum. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a\\x20b c",
                " a",
                "a b\\",
                "a \\x1",
                "a \\u12",
                "a \\xzz",
                "a \\n",
                "a \u0007",
                "a \u00e9",
                "a \\ud83d",
                "a/b c",
                "a b\r"
            })
    void decode_ofAnEntryThatCannotBe_isTorn(String entry) {
        assertReason(sealed("auto-usb-attach state 1\n" + entry + "\n", 1), BackendException.TORN);
    }

    @Test
    void decode_withoutEntriesThatWereThere_isTorn() {
        assertReason(sealed("auto-usb-attach state 1\na b\n", 2), BackendException.TORN);
        assertReason(sealed("auto-usb-attach state 1\na b\na b\n", 2), BackendException.TORN);
        assertThat(StateFormat.decode(bytes(sealed("auto-usb-attach state 1\na b\n", 1))))
                .isInstanceOf(Sound.class);
    }

    @Test
    void decode_ofMoreThanThereMayBe_isTorn() {
        StringBuilder lines = new StringBuilder("auto-usb-attach state 1\n");
        for (int i = 0; i <= StoredState.MAX_ENTRIES; i++) {
            lines.append('k').append(i).append(" v\n");
        }
        assertReason(sealed(lines.toString(), StoredState.MAX_ENTRIES + 1), BackendException.TORN);
    }

    @Test
    void maxBytes_isEnoughForTheLargestState() {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < StoredState.MAX_ENTRIES; i++) {
            entries.put(
                    "k".repeat(StoredState.MAX_KEY_LENGTH - 3) + (100 + i),
                    "\u0001".repeat(StoredState.MAX_VALUE_BYTES));
        }
        assertThat(StateFormat.encode(new StoredState(entries))).hasSizeLessThanOrEqualTo(StateFormat.MAX_BYTES);
    }

    private static StoredState randomState(Random random) {
        Map<String, String> entries = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                int limit = random.nextBoolean() ? 0x80 : random.nextBoolean() ? 0xd800 : 0x110000;
                int point = random.nextInt(limit);
                value.appendCodePoint(point >= 0xd800 && point < 0xe000 ? '\\' : point);
            }
            entries.put("k" + random.nextInt(1000), value.toString());
        }
        return new StoredState(entries);
    }

    private static void assertReason(String text, String reason) {
        assertThat(StateFormat.decode(bytes(text))).isInstanceOfSatisfying(Spoilt.class, it -> {
            assertThat(it.code()).isEqualTo(reason);
            assertThat(it.what()).matches("[ -~]+");
        });
    }

    private static String sealed(String lines, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes(lines));
        return lines + "-- " + count + " " + String.format("%08x", sum.getValue()) + "\n";
    }

    private static String text(StoredState state) {
        return new String(StateFormat.encode(state), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
