package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class UntrustedTextTest {

    @Test
    void toString_ofPlainText_isTheSame() {
        assertThat(UntrustedText.of("USB Keyboard ~ [0x1]!")).hasToString("USB Keyboard ~ [0x1]!");
    }

    @Test
    void toString_whenThereAreControls_escapesThem() {
        assertThat(UntrustedText.of("a\u001b[2Jb\nc\r\td\u007f\u0000\u009b"))
                .hasToString("a\\x1b[2Jb\\x0ac\\x0d\\x09d\\x7f\\x00\\x9b");
    }

    @Test
    void toString_whenThereAreUnicodeControls_escapesThem() {
        assertThat(UntrustedText.of("\u202eevil\u2028\ufeff\ud83d\ude00é"))
                .hasToString("\\u202eevil\\u2028\\ufeff\\ud83d\\ude00\\xe9");
    }

    @Test
    void toString_whenThereAreQuotesAndBackslashes_escapesThem() {
        assertThat(UntrustedText.of("a\" ID: \\x1b")).hasToString("a\\\" ID: \\\\x1b");
    }

    @Test
    void of_whenTooLong_cuts() {
        assertThat(UntrustedText.of("x".repeat(UntrustedText.MAX_LENGTH)).raw()).hasSize(UntrustedText.MAX_LENGTH);
        assertThat(UntrustedText.of("x".repeat(UntrustedText.MAX_LENGTH + 1)).raw())
                .hasSize(UntrustedText.MAX_LENGTH);
    }

    @TestFactory
    Stream<DynamicTest> anyText_printsAsOneLineOfAsciiAndDifferentTextsDiffer() {
        return IntStream.range(0, 8)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 500; i++) {
                        UntrustedText a = any(random);
                        UntrustedText b = any(random);
                        assertThat(a.toString()).matches("[ -~]*").doesNotMatch(".*(?<!\\\\)(\\\\\\\\)*\".*");
                        assertThat(a.toString().equals(b.toString()))
                                .isEqualTo(a.raw().equals(b.raw()));
                    }
                }));
    }

    private static UntrustedText any(Random random) {
        String nasty = "\\\"x0a\n\u001b\u202e\u00e9";
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(5); length > 0; length--) {
            text.append(
                    random.nextInt(4) == 0
                            ? (char) random.nextInt(0x10000)
                            : nasty.charAt(random.nextInt(nasty.length())));
        }
        return UntrustedText.of(text.toString());
    }
}
