package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortPathTest {

    private static final int SEEDS = 8;

    @ParameterizedTest
    @ValueSource(strings = {"usb1", "usb3", "usb63", "1-1", "1-10", "3-1.4", "63-255.1.2.3.4.255"})
    void parse_whenWellFormed_printsTheSame(String text) {
        assertThat(PortPath.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "usb",
                "usb0",
                "usb01",
                "usb64",
                "usb999",
                "usb1000",
                "USB1",
                "usb1 ",
                " usb1",
                "usb1\n",
                "usb-1",
                "1",
                "1-",
                "-1",
                "1-0",
                "0-1",
                "01-1",
                "1-01",
                "64-1",
                "1-256",
                "1-999",
                "1-1000",
                "1-1.",
                "1-1..2",
                "1-.1",
                "1-1.0",
                "1-1.2.3.4.5.6.7",
                "1-1:1.0",
                "1-1.4/../..",
                "1-١",
                "1--1",
                "1-1-1",
                "99999999999999999999-1"
            })
    void parse_whenMalformed_saysWhatItShouldBe(String text) {
        assertThat(PortPath.tryParse(text)).isEmpty();
        assertThatThrownBy(() -> PortPath.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + UntrustedText.of(text) + "'")
                .hasMessageContaining("usb3")
                .hasMessageContaining("1-1.4");
    }

    @Test
    void new_whenOutOfRange_isRefused() {
        assertThatThrownBy(() -> PortPath.rootHub(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PortPath.rootHub(PortPath.MAX_BUS + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PortPath(1, List.of(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PortPath(1, List.of(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PortPath.parse("1-1.2.3.4.5.6").child(7)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void new_whenTheListChangesLater_keepsWhatItWas() {
        List<Integer> chain = new ArrayList<>(List.of(1));
        PortPath path = new PortPath(1, chain);
        chain.add(4);
        assertThat(path).hasToString("1-1");
    }

    @ParameterizedTest
    @CsvSource({
        "usb1, usb1, true",
        "usb1, 1-1, true",
        "usb1, 1-10.3, true",
        "usb1, usb2, false",
        "usb1, 2-1, false",
        "usb1, 10-1, false",
        "1-1, 1-1, true",
        "1-1, 1-1.4, true",
        "1-1, 1-1.4.2, true",
        "1-1, 1-10, false",
        "1-1, 1-11.1, false",
        "1-1, 2-1, false",
        "1-1, 1-2, false",
        "1-1, usb1, false",
        "1-1.4, 1-1, false",
        "1-1.4, 1-1.40, false",
        "1-1.4, 1-4.1, false"
    })
    void contains_goesByWholePortNumbers(String outer, String inner, boolean expected) {
        assertThat(PortPath.parse(outer).contains(PortPath.parse(inner))).isEqualTo(expected);
    }

    @Test
    void parent_ofAPort_isTheHubItIsOn() {
        assertThat(PortPath.parse("1-1.4").parent()).contains(PortPath.parse("1-1"));
        assertThat(PortPath.parse("1-1").parent()).contains(PortPath.parse("usb1"));
        assertThat(PortPath.parse("usb1").parent()).isEmpty();
    }

    @Test
    void isRootHub_onlyWithoutPorts() {
        assertThat(PortPath.parse("usb1").isRootHub()).isTrue();
        assertThat(PortPath.parse("1-1").isRootHub()).isFalse();
    }

    @Test
    void compareTo_ordersByNumberAndPutsHubsBeforeWhatIsOnThem() {
        List<PortPath> ordered = Stream.of("usb1", "1-1", "1-1.2", "1-1.10", "1-2", "1-10", "usb2", "2-1", "usb10")
                .map(PortPath::parse)
                .toList();
        List<PortPath> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(shuffled.stream().sorted()).containsExactlyElementsOf(ordered);
    }

    @TestFactory
    Stream<DynamicTest> anyPath_isReadBackAsPrinted() {
        return seeds(random -> {
            PortPath path = any(random);
            assertThat(PortPath.parse(path.toString())).isEqualTo(path);
        });
    }

    @TestFactory
    Stream<DynamicTest> anyPath_containsExactlyWhatHasItAmongItsAncestors() {
        return seeds(random -> {
            PortPath a = near(random);
            PortPath b = near(random);
            boolean isAncestor = Stream.iterate(
                            Optional.of(b), Optional::isPresent, p -> p.get().parent())
                    .anyMatch(p -> p.get().equals(a));
            assertThat(a.contains(b)).as("%s contains %s", a, b).isEqualTo(isAncestor);
        });
    }

    @TestFactory
    Stream<DynamicTest> anyPath_isTheParentOfItsChildren() {
        return seeds(random -> {
            PortPath path = near(random);
            int port = 1 + random.nextInt(255);
            assertThat(path.child(port).parent()).contains(path);
            assertThat(path.contains(path.child(port))).isTrue();
            assertThat(path.child(port).contains(path)).isFalse();
        });
    }

    @TestFactory
    Stream<DynamicTest> order_agreesWithEqualsAndIsAntisymmetricAndTransitive() {
        return seeds(random -> {
            PortPath a = near(random);
            PortPath b = near(random);
            PortPath c = near(random);
            assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
            if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0) {
                assertThat(a).isLessThanOrEqualTo(c);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> anyText_isEitherRefusedOrReadBackAsWritten() {
        String alphabet = "usb0123456789-.: \n";
        return seeds(random -> {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(10); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            PortPath.tryParse(text.toString())
                    .ifPresent(path -> assertThat(path).hasToString(text.toString()));
        });
    }

    private interface Property {
        void check(Random random);
    }

    private static Stream<DynamicTest> seeds(Property property) {
        return IntStream.range(0, SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 500; i++) {
                        property.check(random);
                    }
                }));
    }

    private static PortPath any(Random random) {
        return random(random, PortPath.MAX_BUS, PortPath.MAX_DEPTH, 255);
    }

    /** From a small world, so that two of them often have something to do with each other. */
    private static PortPath near(Random random) {
        return random(random, 2, 4, random.nextBoolean() ? 2 : 11);
    }

    private static PortPath random(Random random, int buses, int depth, int ports) {
        List<Integer> chain = IntStream.range(0, random.nextInt(depth + 1))
                .mapToObj(i -> 1 + random.nextInt(ports))
                .toList();
        return new PortPath(1 + random.nextInt(buses), chain);
    }
}
