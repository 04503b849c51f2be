package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedSysfsTest {

    @TempDir
    private Path root;

    private HostTopology topology;

    @BeforeEach
    void read() {
        Recordings.unpackSysfs(root);
        try (SysfsReader reader = new SysfsReader(root, () -> {})) {
            topology = reader.snapshot(Duration.ofSeconds(30));
        }
    }

    @Test
    void snapshot_ofARealHost_hasAllDevices() {
        assertThat(topology.devices())
                .extracting(UsbDevice::toString)
                .containsExactly(
                        "2-1.1 0627:0001 \"QEMU USB Keyboard\"",
                        "2-1.2 0627:0001 \"QEMU USB Tablet\"",
                        "2-1.3.1 0627:0001 \"QEMU USB Mouse\"",
                        "2-2 0627:0001 \"QEMU USB Keyboard\"",
                        "3-3 46f4:0001 \"QEMU USB HARDDRIVE\"");
        assertThat(topology.devices()).allMatch(UsbDevice::isReady).allMatch(UsbDevice::initialized);
    }

    @Test
    void snapshot_ofARealHost_hasItsHubs() {
        assertThat(topology.hubs())
                .extracting(Hub::path)
                .extracting(PortPath::toString)
                .containsExactly("usb1", "usb2", "2-1", "2-1.3", "usb3");
        assertThat(topology.hubAt(PortPath.parse("2-1")).orElseThrow().ports()).hasSize(8);
        assertThat(topology.hubAt(PortPath.parse("usb2")).orElseThrow().ports())
                .hasSize(8)
                .contains(new Port(PortPath.parse("2-3"), Optional.of(PortPath.parse("3-3"))));
    }

    @Test
    void snapshot_ofARealHost_hasItsControllers() {
        assertThat(topology.controllers())
                .containsExactly(
                        new UsbController("pci-0000:00:03.0", List.of(2, 3)),
                        new UsbController("pci-0000:00:04.0", List.of(1)));
    }

    @Test
    void snapshot_ofARealKeyboard_hasItsAttributes() {
        UsbDevice keyboard = topology.at(PortPath.parse("2-1.1")).orElseThrow();
        assertThat(keyboard.address()).isEqualTo(new DeviceAddress(2, 15));
        assertThat(keyboard.id()).isEqualTo(new UsbId(0x0627, 1));
        assertThat(keyboard.speed()).isEqualTo(UsbSpeed.FULL);
        assertThat(keyboard.serial()).contains(UntrustedText.of("68284-0000:00:03.0-1.1"));
        assertThat(keyboard.interfaces())
                .containsExactly(new UsbInterface(0, new UsbClass(3, 1, 1), Optional.of("usbhid")));
    }

    @Test
    void snapshot_ofARealSuperSpeedStick_hasItsSpeed() {
        UsbDevice stick = topology.at(PortPath.parse("3-3")).orElseThrow();
        assertThat(stick.speed()).isEqualTo(UsbSpeed.SUPER);
        assertThat(stick.interfaces())
                .containsExactly(new UsbInterface(0, new UsbClass(8, 6, 0x50), Optional.of("usb-storage")));
    }
}
