package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.PluggedDevices.PluggedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluggedDevicesTest {

    private static final PortPath PLACE = PortPath.parse("1-1");

    @TempDir
    private Path root;

    private FakeSysfs host;
    private PluggedDevices devices;

    @BeforeEach
    void boot() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        devices = new PluggedDevices(root);
    }

    @Test
    void read_showsDevicesAndHubsWithTheirAddresses() {
        DeviceAddress address = host.plug(PLACE, FakeGadget.keyboard());

        assertThat(devices.read())
                .extracting(PluggedDevice::path)
                .containsExactlyInAnyOrder(PortPath.rootHub(1), PLACE);
        assertThat(devices.read()).extracting(PluggedDevice::address).contains(address);
    }

    @Test
    void read_tellsTheSameGenerationAsTheReader() {
        host.plug(PLACE, FakeGadget.keyboard());
        try (SysfsReader reader = new SysfsReader(root, () -> {})) {
            assertThat(devices.read())
                    .extracting(PluggedDevice::generation)
                    .contains(reader.snapshot(Duration.ofSeconds(30))
                            .at(PLACE)
                            .orElseThrow()
                            .generation());
        }
    }

    @Test
    void read_afterAReplug_tellsAnotherGeneration() {
        host.plug(PLACE, FakeGadget.keyboard());
        var before = devices.read();
        host.unplug(PLACE);
        host.plug(PLACE, FakeGadget.keyboard());

        assertThat(devices.read())
                .doesNotContainAnyElementsOf(before.stream()
                        .filter(each -> each.path().equals(PLACE))
                        .toList());
    }

    @Test
    void read_withoutWhatWasUnplugged() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.unplug(PLACE);

        assertThat(devices.read()).extracting(PluggedDevice::path).containsExactly(PortPath.rootHub(1));
    }

    @Test
    void read_aDeviceThatVanishesMeanwhile_leavesItOut() throws IOException {
        Files.createSymbolicLink(root.resolve("sys/bus/usb/devices/1-2"), Path.of("../../../devices/gone/1-2"));

        assertThat(devices.read()).extracting(PluggedDevice::path).containsExactly(PortPath.rootHub(1));
    }

    @Test
    void read_aDeviceThatDoesNotTellItsAddress_isNotTakenForGone() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.replace(PLACE, "devnum", null);

        assertThatThrownBy(devices::read)
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.where()).isEqualTo("1-1"));
    }

    @Test
    void read_aDeviceThatIsBeingReset_isTheOneThatItWas() {
        host.plug(PLACE, FakeGadget.keyboard());
        List<PluggedDevice> before = devices.read();
        host.reset(PLACE);

        assertThat(devices.read()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "189:", "13:5", "189:5x", "189:123456"})
    void read_aDeviceThatIsBeingResetAndHasNoNode_isNotTakenForGone(String node) {
        host.plug(PLACE, FakeGadget.keyboard());
        host.reset(PLACE);
        host.replace(PLACE, "dev", node);

        assertThatThrownBy(devices::read).isInstanceOf(BackendException.class);
    }

    @Test
    void read_aFileThatCannotBeRead_isNotTakenForGone() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.spoil(PLACE, "devnum");

        assertThatThrownBy(devices::read).isInstanceOf(BackendException.class);
    }

    @Test
    void read_aHostWithoutUsb_fails() {
        assertThatThrownBy(new PluggedDevices(root.resolve("nowhere"))::read).isInstanceOf(BackendException.class);
    }
}
