package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import org.junit.jupiter.api.Test;

class HostMatchTest {

    @Test
    void address_whenNamedByNode_isThatOfTheNode() {
        HostMatch match = HostMatch.ofNode("/dev/bus/usb/002/015");
        assertThat(match.address()).contains(new DeviceAddress(2, 15));
        assertThat(match.rematches()).isFalse();
    }

    @Test
    void address_whenNamedByDescriptorOrOddPath_isUnknown() {
        assertThat(HostMatch.ofNode("/dev/fdset/3").address()).isEmpty();
        assertThat(HostMatch.ofNode("/dev/bus/usb/999/001").address()).isEmpty();
        assertThat(HostMatch.ofNode("/dev/bus/usb/2/15").address()).isEmpty();
        assertThat(HostMatch.ofNode("/dev/fdset/3").rematches()).isFalse();
    }

    @Test
    void address_whenNamedByBusAndAddress_isThat() {
        HostMatch match = new HostMatch("", 2, 15, "", 0, 0);
        assertThat(match.address()).contains(new DeviceAddress(2, 15));
        assertThat(match.rematches()).isFalse();
    }

    @Test
    void rematches_whenAnythingElseIsSaid_isTrue() {
        assertThat(new HostMatch("", 2, 15, "", 0x46d, 0).rematches()).isTrue();
        assertThat(new HostMatch("", 2, 0, "1.2", 0, 0).rematches()).isTrue();
        assertThat(new HostMatch("", 0, 0, "", 0x46d, 0xc31c).rematches()).isTrue();
        assertThat(new HostMatch("", 0, 0, "", 0, 0).rematches()).isTrue();
    }

    @Test
    void path_whenNamedByHostPort_isThatPlace() {
        assertThat(new HostMatch("", 2, 0, "1.2", 0, 0).path()).contains(PortPath.parse("2-1.2"));
        assertThat(new HostMatch("", 0, 0, "1.2", 0, 0).path()).isEmpty();
        assertThat(new HostMatch("", 2, 0, "x", 0, 0).path()).isEmpty();
    }

    @Test
    void node_whenAddressIsSmall_hasThreeDigitsEach() {
        assertThat(HostMatch.node(new DeviceAddress(2, 5))).isEqualTo("/dev/bus/usb/002/005");
    }
}
