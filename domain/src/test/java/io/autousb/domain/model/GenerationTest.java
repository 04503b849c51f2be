package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationTest {

    private static final String DEVPATH = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1";
    private static final DeviceAddress ADDRESS = new DeviceAddress(1, 5);

    @Test
    void of_theSameStay_isTheSame() {
        assertThat(Generation.of(DEVPATH, ADDRESS, 42, "boot")).isEqualTo(Generation.of(DEVPATH, ADDRESS, 42, "boot"));
    }

    @Test
    void of_anythingElse_isAnother() {
        assertThat(Stream.of(
                        Generation.of(DEVPATH, ADDRESS, 42, "boot"),
                        Generation.of(DEVPATH + "0", ADDRESS, 42, "boot"),
                        Generation.of(DEVPATH, new DeviceAddress(1, 6), 42, "boot"),
                        Generation.of(DEVPATH, ADDRESS, 43, "boot"),
                        Generation.of(DEVPATH, ADDRESS, 42, "boot2")))
                .doesNotHaveDuplicates();
    }

    @Test
    void of_anything_isFitForAnIdentifier() {
        String token = Generation.of(DEVPATH, ADDRESS, 42, "boot").token();
        assertThat(token).matches("[0-9a-f]{12}");
        assertThat(Generation.isToken(token)).isTrue();
        assertThat(new Generation(token)).hasToString(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123456789a", "0123456789abc", "0123456789AB", "0123456789ag", "0123456789ab\n"})
    void new_whenNoToken_isRefused(String text) {
        assertThat(Generation.isToken(text)).isFalse();
        assertThatThrownBy(() -> new Generation(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
