package io.autousb.runtime.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMatchTest {

    private static final List<String> NAMES = List.of("udev", "sysfs-poll", "sim", "qmp", "xen-qmp");

    @ParameterizedTest
    @CsvSource({"udve, udev", "sysfs, sysfs-poll", "sysfspoll, sysfs-poll", "qmpp, qmp", "xenqmp, xen-qmp", "sin, sim"})
    void of_misspeltName_findsTheNearest(String written, String meant) {
        assertThat(NearMatch.of(written, NAMES)).contains(meant);
    }

    @Test
    void of_anythingElse_findsNone() {
        assertThat(NearMatch.of("libvirt", NAMES)).isEmpty();
        assertThat(NearMatch.of("x", NAMES)).isEmpty();
        assertThat(NearMatch.of("udev", List.of())).isEmpty();
    }
}
