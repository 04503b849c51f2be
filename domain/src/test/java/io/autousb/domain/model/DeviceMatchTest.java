package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceMatchTest {

    private final UsbDevice stick = UsbDevice.builder(
                    PortPath.parse("2-1.4"),
                    new DeviceAddress(2, 7),
                    new Generation("0123456789ab"),
                    UsbId.parse("28de:1142"))
            .build();

    @Test
    void covers_whenEachPartFits_isTrue() {
        assertThat(new DeviceMatch(0x28de, 0x1142, 2, List.of(1, 4)).covers(stick))
                .isTrue();
        assertThat(new DeviceMatch(0x28de, 0, 0, List.of()).covers(stick)).isTrue();
        assertThat(new DeviceMatch(0, 0, 0, List.of()).covers(stick)).isTrue();
    }

    @Test
    void covers_whenOnePartDiffers_isFalse() {
        assertThat(new DeviceMatch(0x28df, 0x1142, 2, List.of(1, 4)).covers(stick))
                .isFalse();
        assertThat(new DeviceMatch(0x28de, 0x1143, 2, List.of(1, 4)).covers(stick))
                .isFalse();
        assertThat(new DeviceMatch(0x28de, 0x1142, 3, List.of(1, 4)).covers(stick))
                .isFalse();
        assertThat(new DeviceMatch(0x28de, 0x1142, 2, List.of(1)).covers(stick)).isFalse();
    }

    @Test
    void covers_whenItIsAHub_isFalse() {
        UsbDevice hub = UsbDevice.builder(stick.path(), stick.address(), stick.generation(), stick.id())
                .usbClass(new UsbClass(UsbClass.HUB, 0, 1))
                .build();
        assertThat(new DeviceMatch(0, 0, 0, List.of()).covers(hub)).isFalse();
    }
}
