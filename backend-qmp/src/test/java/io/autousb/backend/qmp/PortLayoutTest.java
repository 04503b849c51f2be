package io.autousb.backend.qmp;

import static io.autousb.domain.model.UsbSpeed.FULL;
import static io.autousb.domain.model.UsbSpeed.HIGH;
import static io.autousb.domain.model.UsbSpeed.LOW;
import static io.autousb.domain.model.UsbSpeed.SUPER;
import static io.autousb.domain.model.UsbSpeed.SUPER_PLUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortLayoutTest {

    private static final Controller XHCI = Controller.xhci("/machine/peripheral/xhci", "xhci.0", 2, 4);
    private static final Controller EHCI = Controller.ehci("/machine/peripheral/e", "e.0");

    @Test
    void of_whenXhciPortsDiffer_givesEachItsSpeeds() {
        GuestController seen = PortLayout.of(XHCI, List.of(XHCI), List.of(), Set.of());
        assertThat(seen.usbVersion()).isEqualTo(3);
        assertThat(seen.ports()).hasSize(4);
        assertThat(seen.ports().get(1).speeds()).containsExactlyInAnyOrder(LOW, FULL, HIGH, SUPER, SUPER_PLUS);
        assertThat(seen.ports().get(2).speeds()).containsExactlyInAnyOrder(SUPER, SUPER_PLUS);
    }

    @Test
    void of_whenEhciIsAlone_takesHighSpeedOnly() {
        GuestController seen = PortLayout.of(EHCI, List.of(EHCI), List.of(), Set.of());
        assertThat(seen.ports()).hasSize(6).allMatch(port -> port.speeds().equals(Set.of(HIGH)));
    }

    @Test
    void of_whenEhciHasCompanion_takesSlowDevicesThere() {
        Controller companion =
                Controller.uhci("/machine/peripheral-anon/device[4]", "").lending("e.0", 2);
        GuestController seen = PortLayout.of(EHCI, List.of(EHCI, companion), List.of(), Set.of());
        assertThat(seen.ports())
                .filteredOn(port -> port.speeds().contains(FULL))
                .extracting(GuestPort::number)
                .containsExactly(3, 4);
    }

    @Test
    void of_whenUhci_hasTwoSlowPorts() {
        Controller uhci = Controller.uhci("/machine/unattached/device[18]", "usb-bus.0");
        GuestController seen = PortLayout.of(uhci, List.of(uhci), List.of(), Set.of());
        assertThat(seen.usbVersion()).isEqualTo(1);
        assertThat(seen.ports()).hasSize(2).allMatch(port -> port.speeds().equals(Set.of(LOW, FULL)));
    }

    @Test
    void of_whenDeviceIsBehindHub_takesTheHubsPortOnce() {
        List<UsbObject> devices = List.of(new UsbObject("/hub", "2", null), new UsbObject("/kbd", "2.3.1", null));
        assertThat(free(devices, Set.of())).containsExactly(1, 3, 4);
    }

    @Test
    void of_whenDeviceDoesNotSayItsPort_takesTheFirstOfTheRest() {
        List<UsbObject> devices = List.of(new UsbObject("/a", "1", null), new UsbObject("/b", "", null));
        assertThat(free(devices, Set.of())).containsExactly(3, 4);
    }

    @Test
    void of_whenQemuRefusedAPort_takesItForUsed() {
        assertThat(free(List.of(), Set.of(3))).containsExactly(1, 2, 4);
    }

    @Test
    void of_whenNumbersAreHostile_staysInBounds() {
        Controller huge = Controller.xhci("/x", "x.0", Integer.MAX_VALUE, -7);
        assertThat(PortLayout.of(huge, List.of(huge), List.of(), Set.of()).ports())
                .hasSize(15);
        assertThat(free(List.of(new UsbObject("/a", "999", null), new UsbObject("/b", "0", null)), Set.of()))
                .containsExactly(1, 2, 3, 4);
    }

    private static List<Integer> free(List<UsbObject> devices, Set<Integer> refused) {
        return PortLayout.of(XHCI, List.of(XHCI), devices, refused).ports().stream()
                .filter(GuestPort::free)
                .map(GuestPort::number)
                .toList();
    }
}
