package io.autousb.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortSelectorTest {

    private static final HostTopology HOST = new HostTopology(
            List.of(
                    new UsbController("pci-0000:00:14.0", List.of(1, 2)),
                    new UsbController("pci-0000:00:14.1", List.of(4))),
            List.of(),
            List.of());

    @Test
    void parse_ofABusForm_namesThePath() {
        assertThat(PortSelector.parse("1-1.4").path()).contains(PortPath.parse("1-1.4"));
        assertThat(PortSelector.parse("usb3").resolve(HOST)).containsExactly(PortPath.parse("usb3"));
    }

    @Test
    void parse_ofAStableForm_namesControllerAndChain() {
        PortSelector selector = PortSelector.parse("pci-0000:00:14.0-usb-0:1.2");
        assertThat(selector.path()).isEmpty();
        assertThat(selector.controller()).contains("pci-0000:00:14.0");
        assertThat(selector.chain()).containsExactly(1, 2);
        assertThat(selector).hasToString("pci-0000:00:14.0-usb-0:1.2");
    }

    @Test
    void resolve_ofAStableForm_namesBothHalvesOfTheSocket() {
        assertThat(PortSelector.parse("pci-0000:00:14.0-usb-0:1.2").resolve(HOST))
                .containsExactly(PortPath.parse("1-1.2"), PortPath.parse("2-1.2"));
        assertThat(PortSelector.parse("pci-0000:00:14.1-usb-0:3").resolve(HOST)).containsExactly(PortPath.parse("4-3"));
    }

    @Test
    void resolve_ofABusForm_namesThePlaceAndThenItsPeer() {
        UsbDevice rootHub = UsbDevice.builder(
                        PortPath.rootHub(2),
                        new DeviceAddress(2, 1),
                        Generation.of("usb2", new DeviceAddress(2, 1), 1, "boot"),
                        UsbId.parse("1d6b:0003"))
                .usbClass(new UsbClass(UsbClass.HUB, 0, 0))
                .build();
        Port port = new Port(PortPath.parse("2-1"), Optional.of(PortPath.parse("1-5")));
        HostTopology host = new HostTopology(HOST.controllers(), List.of(new Hub(rootHub, List.of(port))), List.of());
        assertThat(PortSelector.parse("2-1.3").resolve(host))
                .containsExactly(PortPath.parse("2-1.3"), PortPath.parse("1-5.3"));
        assertThat(PortSelector.parse("2-2").resolve(host)).containsExactly(PortPath.parse("2-2"));
        assertThat(PortSelector.parse("usb2").resolve(host)).containsExactly(PortPath.parse("usb2"));
    }

    @Test
    void names_ofABusForm_isThePlaceAlone() {
        assertThat(PortSelector.parse("2-1").names(PortPath.parse("2-1"))).isTrue();
        assertThat(PortSelector.parse("2-1").names(PortPath.parse("1-1"))).isFalse();
        assertThat(PortSelector.parse("pci-0000:00:14.0").names(PortPath.parse("usb1")))
                .isTrue();
    }

    @Test
    void resolve_ofAController_namesItsRootHubs() {
        assertThat(PortSelector.parse("pci-0000:00:14.0").resolve(HOST))
                .containsExactly(PortPath.parse("usb1"), PortPath.parse("usb2"));
    }

    @Test
    void resolve_whenTheControllerIsAbsent_namesNothing() {
        assertThat(PortSelector.parse("pci-0000:00:1a.0-usb-0:1").resolve(HOST)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "platform-dummy_hcd.0",
                "platform-dummy_hcd.0-usb-0:1",
                "platform-fe980000.usb-usb-0:1.2",
                "platform-xhci-hcd.0.auto-usb-0:1",
                "pci-0000:00:14.0-usb-0:1.2.3.4.5.255",
                "acpi-PNP0D10:00-usb-0:1"
            })
    void parse_ofAnyKindOfController_printsTheSame(String text) {
        PortSelector selector = PortSelector.parse(text);
        assertThat(selector).hasToString(text);
        assertThat(selector.controller().orElseThrow()).doesNotContain("-usb-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hub",
                "1-1:1.0",
                "usb0",
                "pci-",
                "pci-0000:00:14.0-usb-0:1.2:1.0",
                "pci-0000:00:14.0-usb-0:01",
                "pci-0000:00:14.0-usb-0:256",
                "pci-0000:00:14.0-usb-0:1.2.3.4.5.6.7",
                "pci-0000:00:14.0-usb-0:",
                "pci-0000:00:14.0-usb-1:1",
                "pci-0000:00:14.0-usbv3-0:1",
                "pci-0000:00:14.0 ",
                "pci-0000:00:14.0\n"
            })
    void parse_whenMalformed_saysWhatToWrite(String text) {
        assertThatThrownBy(() -> PortSelector.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + UntrustedText.of(text) + "' names no hub or port")
                .hasMessageContaining("pci-0000:00:14.0-usb-0:1.2");
    }

    @Test
    void of_aPath_isItsBusForm() {
        assertThat(PortSelector.of(PortPath.parse("1-1"))).isEqualTo(PortSelector.parse("1-1"));
    }

    @Test
    void new_withBothFormsOrNeither_isRefused() {
        assertThatThrownBy(() -> new PortSelector("x", Optional.empty(), Optional.empty(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new PortSelector("x", Optional.of(PortPath.rootHub(1)), Optional.of("pci-0"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
