package io.autousb.xen.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.CommandOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XenVersionTest {

    @ParameterizedTest
    @CsvSource({"4,17,.7,4.17.7", "4,19,.5-rc1,4.19.5", "4,21,-unstable,4.21.0", "4,20,'',4.20.0"})
    void parse_ofWhatXlPrints_isTheVersion(String major, String minor, String extra, String version) {
        assertThat(XenVersion.parse(info(major, minor, extra))).hasToString("Optional[" + version + "]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "99999", "x"})
    void parse_ofSomethingElse_isEmpty(String minor) {
        CommandOutput text =
                minor.equals("4") ? new CommandOutput("xen_minor              : 17\n", false) : info("4", minor, ".1");
        assertThat(XenVersion.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "4.8.0,true",
        "4.17.7,true",
        "4.19.4,true",
        "4.19.5,false",
        "4.20.2,true",
        "4.20.3,false",
        "4.21.0,true",
        "4.21.1,false",
        "4.22.0,false",
        "5.0.0,false"
    })
    void sendsNumbersAsText_inTheVersionsThatDo(String version, boolean asText) {
        assertThat(of(version).sendsNumbersAsText()).isEqualTo(asText);
    }

    @Test
    void isBefore_comparesNumbersAndNotText() {
        assertThat(of("4.8.9").isBefore(4, 13)).isTrue();
        assertThat(of("4.13.0").isBefore(4, 13)).isFalse();
        assertThat(of("5.0.0").isBefore(4, 13)).isFalse();
    }

    private static XenVersion of(String version) {
        String[] parts = version.split("\\.");
        return XenVersion.parse(info(parts[0], parts[1], "." + parts[2])).orElseThrow();
    }

    private static CommandOutput info(String major, String minor, String extra) {
        return new CommandOutput(
                "nr_cpus                : 2\nxen_major              : " + major + "\nxen_minor              : " + minor
                        + "\nxen_extra              : " + extra + "\n",
                false);
    }
}
