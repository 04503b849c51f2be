package io.autousb.backend.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SimHostTest {

    private static final PortPath ONE = PortPath.parse("1-1");
    private static final SimDevice HUB = SimDevice.hub(4)
            .with(1, SimDevice.keyboard())
            .with(2, SimDevice.hub(2).with(1, SimDevice.mouse()));

    private final SimHost host = SimWorld.create().host();

    @Test
    void plug_whenHubWithDevices_plugsAllIn() {
        host.plug(ONE, HUB);

        assertThat(host.topology().devices())
                .extracting(UsbDevice::path)
                .containsExactly(ONE.child(1), ONE.child(2).child(1));
        assertThat(host.topology().devices()).extracting(UsbDevice::address).doesNotHaveDuplicates();
    }

    @Test
    void unplug_whenHub_givesAllBackForAnotherPlug() {
        host.plug(ONE, HUB);
        HostTopology before = host.topology();

        SimDevice pulled = host.unplug(ONE);

        assertThat(pulled).isEqualTo(HUB);
        assertThat(host.topology().devices()).isEmpty();
        host.plug(ONE, pulled);
        assertThat(host.topology().devices())
                .extracting(UsbDevice::path)
                .containsExactlyElementsOf(
                        before.devices().stream().map(UsbDevice::path).toList());
        assertThat(host.topology().devices())
                .extracting(UsbDevice::generation)
                .doesNotContainAnyElementsOf(
                        before.devices().stream().map(UsbDevice::generation).toList());
    }

    @Test
    void unplug_whenPortAlikeByPrefix_leavesItAlone() {
        host.plug(PortPath.parse("1-2"), SimDevice.hub(4));
        host.plug(ONE, SimDevice.keyboard());

        host.unplug(ONE);

        assertThat(host.at(PortPath.parse("1-2"))).isPresent();
    }

    @Test
    void replug_whenInUse_hintsOnceAndIsAnotherGeneration() {
        host.plug(ONE, SimDevice.keyboard());
        Generation before = host.at(ONE).orElseThrow().generation();
        AtomicInteger hints = new AtomicInteger();
        host.hints().add(hints::incrementAndGet);

        host.replug(ONE);

        assertThat(hints).hasValue(1);
        assertThat(host.at(ONE).orElseThrow().generation()).isNotEqualTo(before);
    }

    @Test
    void plug_whenPortInUseOrMissing_isRefused() {
        host.plug(ONE, SimDevice.keyboard());

        assertThatThrownBy(() -> host.plug(ONE, SimDevice.mouse())).hasMessageContaining("1-1 is in use");
        assertThatThrownBy(() -> host.plug(PortPath.parse("1-99"), SimDevice.mouse()))
                .hasMessageContaining("usb1 has no port 99");
        assertThatThrownBy(() -> host.plug(PortPath.parse("1-2.1"), SimDevice.mouse()))
                .hasMessageContaining("nothing is at 1-2");
    }

    @Test
    void topology_always_pairsTheHalvesOfASocket() {
        assertThat(host.topology().hubAt(PortPath.rootHub(1)).orElseThrow().ports())
                .contains(new Port(ONE, Optional.of(PortPath.parse("2-1"))));
        assertThat(host.topology().hubAt(PortPath.rootHub(2)).orElseThrow().ports())
                .contains(new Port(PortPath.parse("2-1"), Optional.of(ONE)));
    }

    @Test
    void addController_whenManyDevices_holdsAThousand() {
        for (int i = 1; i <= 10; i++) {
            PortPath root = host.addController("pci-0000:%02x:00.0".formatted(i), 10);
            for (int port = 1; port <= 10; port++) {
                SimDevice hub = SimDevice.hub(10);
                for (int below = 1; below <= 10; below++) {
                    hub = hub.with(below, SimDevice.keyboard());
                }
                host.plug(root.child(port), hub);
            }
        }

        assertThat(host.topology().devices()).hasSize(1000);
        assertThat(host.topology().byAddress()).hasSize(1000);
    }
}
