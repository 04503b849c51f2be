package io.autousb.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QmpCommandTest {

    @Test
    void line_whenArgumentsOfEachType_keepsTheTypes() {
        QmpCommand command = QmpCommand.change("device_add")
                .with("driver", "usb-host")
                .with("port", "1")
                .with("hostbus", 3)
                .with("guest-reset", false)
                .build();
        assertThat(line(command))
                .isEqualTo("{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"usb-host\",\"port\":\"1\","
                        + "\"hostbus\":3,\"guest-reset\":false},\"id\":5}\n");
    }

    @Test
    void line_whenTextIsHostile_staysOneLineOfAscii() {
        QmpCommand command = QmpCommand.query("qom-list")
                .with("path", "/a\"b\\c\nd\u202e\u001b")
                .build();
        assertThat(line(command)).contains("/a\\\"b\\\\c\\u000ad\\u202e\\u001b").matches("[ -~]+\n");
    }

    @Test
    void query_whenNameIsNone_isRefused() {
        assertThatThrownBy(() -> QmpCommand.query("x\"}")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String line(QmpCommand command) {
        return new String(command.line(5), StandardCharsets.US_ASCII);
    }
}
