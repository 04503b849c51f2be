package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a snapshot says of the host. */
abstract class DeviceSourceFactRules extends DeviceSourceRules {

    private static final String HOSTILE = "Evil\u001b[31m\nID: 1d6b:0002\u202e\u0007\"\\";
    private static final int HUB_PORTS = 4;

    @Test
    @DisplayName("DS-01 The first snapshot shows what was plugged in before")
    final void snapshot_whenPluggedInBefore_showsTheDevice() {
        world().plug(port(1), Gadget.keyboard());

        HostTopology host = look(watching());

        UsbDevice device = host.at(port(1)).orElseThrow();
        assertThat(device.address().bus()).isEqualTo(port(1).bus());
        assertThat(host.devices()).containsExactly(device);
    }

    @Test
    @DisplayName("DS-02 A device is shown with its ids, interfaces, speed and strings")
    final void snapshot_whenDevicesDiffer_showsEachAsItIs() {
        world().plug(port(1), Gadget.keyboard());
        world().plug(port(2), Gadget.stick("4C530001"));

        HostTopology host = look(watching());

        assertThat(host.at(port(1))).hasValueSatisfying(device -> assertIs(device, Gadget.keyboard()));
        assertThat(host.at(port(2))).hasValueSatisfying(device -> assertIs(device, Gadget.stick("4C530001")));
    }

    @Test
    @DisplayName("DS-03 Hubs appear as hubs with their ports, and not as devices")
    final void snapshot_whenHubPluggedIn_showsItAsHub() {
        world().plug(port(1), Gadget.hub(HUB_PORTS));

        HostTopology host = look(watching());

        assertThat(host.devices()).isEmpty();
        assertThat(host.hubAt(world().rootHub()))
                .map(Hub::ports)
                .hasValueSatisfying(ports -> assertThat(ports).hasSizeGreaterThanOrEqualTo(HUB_PORTS));
        assertThat(host.hubAt(port(1)).orElseThrow().ports())
                .extracting(Port::path)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, HUB_PORTS)
                        .mapToObj(port(1)::child)
                        .toList());
    }

    @Test
    @DisplayName("DS-04 Devices behind hubs are shown at their own place")
    final void snapshot_whenBehindTwoHubs_showsThePlace() {
        PortPath place = port(1).child(2).child(3);
        world().plug(port(1), Gadget.hub(HUB_PORTS));
        world().plug(port(1).child(2), Gadget.hub(HUB_PORTS));
        world().plug(place, Gadget.keyboard());

        HostTopology host = look(watching());

        assertThat(host.devices()).extracting(UsbDevice::path).containsExactly(place);
        assertThat(host.hubs()).extracting(Hub::path).contains(port(1), port(1).child(2));
    }

    @Test
    @DisplayName("DS-05 Every bus belongs to a named controller")
    final void snapshot_whenAnyHost_showsControllersOfAllBuses() {
        HostTopology host = look(watching());

        List<Integer> buses = host.controllers().stream()
                .flatMap(controller -> controller.buses().stream())
                .toList();
        assertThat(buses).doesNotHaveDuplicates().contains(world().rootHub().bus());
        assertThat(host.controllers())
                .extracting(UsbController::name)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).isNotBlank());
    }

    @Test
    @DisplayName("DS-06 Devices that are not authorized or not configured are shown, as not ready")
    final void snapshot_whenDeviceUnready_marksIt() {
        world().plug(port(1), Gadget.keyboard().unauthorized());
        world().plug(port(2), Gadget.keyboard().unconfigured());
        world().plug(port(3), Gadget.keyboard());

        HostTopology host = look(watching());

        assertThat(host.devices()).extracting(UsbDevice::isReady).containsExactly(false, false, true);
        assertThat(host.devices()).extracting(UsbDevice::authorized).containsExactly(false, true, true);
    }

    @Test
    @DisplayName("DS-07 Hostile strings survive as they are, and print safely")
    final void snapshot_whenStringsHostile_keepsAndEscapesThem() {
        world().plug(port(1), Gadget.keyboard().withStrings(HOSTILE, HOSTILE + "2", HOSTILE + "3"));

        UsbDevice device = look(watching()).at(port(1)).orElseThrow();

        assertThat(device.manufacturer()).map(UntrustedText::raw).hasValue(HOSTILE);
        assertThat(device.product()).map(UntrustedText::raw).hasValue(HOSTILE + "2");
        assertThat(device.serial()).map(UntrustedText::raw).hasValue(HOSTILE + "3");
        assertThat(device.toString()).matches("[ -~]+");
    }

    @Test
    @DisplayName("DS-08 Two snapshots of the same state are equal")
    final void snapshot_whenNothingChanged_isTheSame() {
        world().plug(port(1), Gadget.hub(HUB_PORTS));
        world().plug(port(1).child(1), Gadget.keyboard());
        DeviceSource source = watching();

        assertThat(look(source)).isEqualTo(look(source));
    }

    @Test
    @DisplayName("DS-09 A device that stays keeps its generation, also for a source made anew")
    final void snapshot_whenSourceMadeAnew_keepsGenerations() {
        world().plug(port(1), Gadget.keyboard());
        DeviceSource first = watching();
        HostTopology before = look(first);
        first.close();
        world().plug(port(2), Gadget.stick("1"));

        HostTopology after = look(watching());

        assertThat(after.at(port(1))).isPresent().isEqualTo(before.at(port(1)));
        assertThat(after.devices()).extracting(UsbDevice::generation).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("DS-10 A host that cannot be read is a failure with the remedy")
    final void snapshot_whenHostUnreadable_failsWithRemedy() {
        needs(DeviceSourceCapability.UNREADABLE_HOST);
        DeviceSource source = watching();
        world().breakHost();

        BackendException failure = Failures.of(() -> look(source));

        assertThat(failure.where()).isNotBlank();
        assertThat(failure.remedy()).isNotBlank();
    }

    private static void assertIs(UsbDevice device, Gadget gadget) {
        assertThat(device.id()).isEqualTo(gadget.id());
        assertThat(device.usbClass()).isEqualTo(gadget.usbClass());
        assertThat(device.speed()).isEqualTo(gadget.speed());
        assertThat(device.interfaces()).isEqualTo(gadget.interfaces());
        assertThat(device.manufacturer().map(UntrustedText::raw)).isEqualTo(gadget.manufacturer());
        assertThat(device.product().map(UntrustedText::raw)).isEqualTo(gadget.product());
        assertThat(device.serial().map(UntrustedText::raw)).isEqualTo(gadget.serial());
    }
}
