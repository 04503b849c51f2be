package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostTopologyTest {

    private static final UsbClass HUB_CLASS = new UsbClass(UsbClass.HUB, 0, 0);
    private static final UsbClass VENDOR_CLASS = new UsbClass(0xff, 0, 0);

    private final UsbDevice keyboard = device("1-10", 3).build();
    private final UsbDevice mouse = device("1-2", 4).build();
    private final Hub hub = new Hub(device("1-1", 2).usbClass(HUB_CLASS).build(), List.of());
    private final HostTopology topology = new HostTopology(List.of(), List.of(hub), List.of(keyboard, mouse));

    @Test
    void new_ordersByPlace() {
        assertThat(topology.devices()).containsExactly(mouse, keyboard);
    }

    @Test
    void equals_doesNotDependOnTheOrderOfReading() {
        assertThat(topology).isEqualTo(new HostTopology(List.of(), List.of(hub), List.of(mouse, keyboard)));
    }

    @Test
    void at_findsDevicesAndHubs() {
        assertThat(topology.at(PortPath.parse("1-2"))).contains(mouse);
        assertThat(topology.at(PortPath.parse("1-1"))).contains(hub.device());
        assertThat(topology.at(PortPath.parse("1-3"))).isEmpty();
        assertThat(topology.hubAt(PortPath.parse("1-1"))).contains(hub);
        assertThat(topology.hubAt(PortPath.parse("1-2"))).isEmpty();
    }

    @Test
    void peer_ofARootHub_isNone() {
        assertThat(sockets().peer(PortPath.parse("usb1"))).isEmpty();
    }

    @Test
    void peer_ofAPort_isItsPeerWhateverItsNumber() {
        assertThat(sockets().peer(PortPath.parse("1-5"))).contains(PortPath.parse("2-1"));
        assertThat(sockets().peer(PortPath.parse("1-6"))).isEmpty();
        assertThat(sockets().peer(PortPath.parse("3-1"))).isEmpty();
    }

    @Test
    void peer_ofAPortWithoutAHub_isThatOfItsNumberBelowTheHubsPeer() {
        assertThat(sockets().peer(PortPath.parse("1-5.4.2"))).contains(PortPath.parse("2-1.4.2"));
        assertThat(sockets().peer(PortPath.parse("1-6.4"))).isEmpty();
        assertThat(sockets().peer(PortPath.parse("1-7"))).isEmpty();
    }

    @Test
    void peer_whenThePeerIsDeeperThanCanBe_isUnknown() {
        Hub odd = new Hub(
                device("usb1", 1).usbClass(HUB_CLASS).build(),
                List.of(new Port(PortPath.parse("1-1"), Optional.of(PortPath.parse("2-1.2.3.4.5.6")))));
        assertThat(new HostTopology(List.of(), List.of(odd), List.of()).peer(PortPath.parse("1-1.1")))
                .isEmpty();
    }

    private static HostTopology sockets() {
        Hub root = new Hub(
                device("usb1", 1).usbClass(HUB_CLASS).build(),
                List.of(
                        new Port(PortPath.parse("1-5"), Optional.of(PortPath.parse("2-1"))),
                        new Port(PortPath.parse("1-6"), Optional.empty())));
        return new HostTopology(
                List.of(
                        new UsbController("pci-0000:00:14.0", List.of(1, 2)),
                        new UsbController("pci-0000:00:1a.0", List.of(3))),
                List.of(root),
                List.of());
    }

    @Test
    void byAddress_leavesHubsOut() {
        assertThat(topology.byAddress()).containsOnlyKeys(mouse.address(), keyboard.address());
    }

    @Test
    void new_withAHubAmongTheDevices_isRefused() {
        assertThatThrownBy(() -> new HostTopology(List.of(), List.of(), List.of(hub.device())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hub_thatIsNone_isRefused() {
        assertThatThrownBy(() -> new Hub(mouse, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isHub_goesByDeviceClassOrInterfaceClassAsTheKernelDoes() {
        UsbInterface hubInterface = new UsbInterface(0, HUB_CLASS, Optional.of("hub"));
        assertThat(hub.device().isHub()).isTrue();
        assertThat(device("1-1", 2).interfaces(List.of(hubInterface)).build().isHub())
                .isTrue();
        assertThat(mouse.isHub()).isFalse();
    }

    @Test
    void isReady_needsAuthorizationAndAConfiguration() {
        assertThat(mouse.isReady()).isTrue();
        assertThat(device("1-1", 2).authorized(false).build().isReady()).isFalse();
        assertThat(device("1-1", 2).interfaces(List.of()).build().isReady()).isFalse();
    }

    @Test
    void heldByHost_isTrueForOneInterface() {
        List<UsbInterface> interfaces = List.of(
                new UsbInterface(0, VENDOR_CLASS, Optional.of("usbfs")),
                new UsbInterface(1, VENDOR_CLASS, Optional.of("usbhid")));
        assertThat(device("1-1", 2).interfaces(interfaces).build().heldByHost()).isTrue();
        assertThat(device("1-1", 2).interfaces(interfaces.subList(0, 1)).build().heldByHost())
                .isFalse();
    }

    @Test
    void toString_ofADevice_isSafe() {
        assertThat(device("1-1", 2).strings("evil", "a\"\u001b\nID:", null).build())
                .hasToString("1-1 046d:c31c \"a\\\"\\x1b\\x0aID:\"");
        assertThat(mouse).hasToString("1-2 046d:c31c");
    }

    private static UsbDevice.Builder device(String path, int number) {
        DeviceAddress address = new DeviceAddress(1, number);
        return UsbDevice.builder(
                        PortPath.parse(path),
                        address,
                        Generation.of(path, address, 1, "boot"),
                        new UsbId(0x046d, 0xc31c))
                .interfaces(List.of(new UsbInterface(0, VENDOR_CLASS, Optional.empty())));
    }
}
