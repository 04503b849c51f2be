package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.GuestSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestSettingsTest {

    private static final String LONGEST = "/" + "x".repeat(GuestSettings.MAX_PATH_BYTES - 1);

    private static GuestSpec spec(String name, String socket) {
        return new GuestSpec(name, Map.of(GuestSettings.SOCKET, socket));
    }

    private static BackendException refused(GuestSpec... guests) {
        BackendException refused =
                catchThrowableOfType(BackendException.class, () -> GuestSettings.checkXen(List.of(guests)));
        assertThat(refused.is(BackendException.INVALID)).isTrue();
        assertThat(refused.retry()).isEqualTo(Retry.NEVER);
        assertThat(refused.remedy()).isNotBlank();
        assertThat(refused.where()).contains("alpha");
        return refused;
    }

    @Test
    void socket_ofAPath_isThatWithoutDetours() {
        assertThat(GuestSettings.socket(spec("alpha", "/run/./qmp/../a.sock"))).contains(Path.of("/run/a.sock"));
        assertThat(GuestSettings.socket(spec("alpha", LONGEST))).contains(Path.of(LONGEST));
        assertThat(GuestSettings.socket(new GuestSpec("alpha", Map.of()))).isEmpty();
    }

    @Test
    void socket_thatCannotBe_isRefused() {
        for (String socket : List.of("run/a.sock", "", LONGEST + "x", "/\u20ac" + LONGEST.substring(3), "/a\0b")) {
            refused(spec("alpha", socket));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/xen/qmp-libxl-7", "/var/run/xen/./qmp-libxl-12"})
    void checkXen_ofLibxlsOwnMonitor_isRefused(String socket) {
        assertThat(refused(spec("alpha", socket)).what()).contains("libxl's own");
    }

    @Test
    void checkXen_ofOneGuestTwice_isRefused() {
        assertThat(refused(spec("alpha", "/a"), spec("alpha", "/b")).what()).contains("twice");
    }

    @Test
    void checkXen_ofOneSocketForTwo_isRefused() {
        assertThat(refused(spec("beta", "/a"), spec("alpha", "/run/../a")).what())
                .contains("beta", "same");
    }
}
