package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.GuestSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the adapter makes of real QEMUs with real devices. */
@Timeout(60)
class RecordedInspectionTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    @Test
    void inspect_whenUsbHostsOnTheCommandLine_showsWhatEachTakes() throws Exception {
        GuestInspection seen = inspect("cmdline-usb-host.jsonl");
        assertThat(seen.attachments()).hasSize(4).noneMatch(Attachment::ours);
        assertThat(attachment(seen, "mykbd").address()).contains(new DeviceAddress(2, 15));
        assertThat(attachment(seen, "mykbd").rematches()).isFalse();
        assertThat(seen.attachments()).anySatisfy(each -> {
            assertThat(each.handle()).startsWith("/machine/peripheral-anon/");
            assertThat(each.address()).contains(new DeviceAddress(2, 16));
            assertThat(each.rematches()).isFalse();
        });
        assertThat(attachment(seen, "byids").rematches()).isTrue();
        assertThat(attachment(seen, "byport").rematches()).isTrue();
        assertThat(attachment(seen, "byport").path()).contains(PortPath.parse("2-5"));
        assertThat(free(seen, "xhci.0")).isEmpty();
    }

    @Test
    void inspect_whenSeveralControllers_showsEachWithItsPorts() throws Exception {
        GuestInspection seen = inspect("controllers-pc.jsonl");
        assertThat(controller(seen, "nec.0").ports()).hasSize(15);
        assertThat(controller(seen, "ehci.0").usbVersion()).isEqualTo(2);
        assertThat(controller(seen, "ehci.0").ports())
                .allMatch(port -> port.speeds().equals(java.util.Set.of(UsbSpeed.HIGH)));
        assertThat(controller(seen, "uhci.0").usbVersion()).isEqualTo(1);
        assertThat(seen.controllers())
                .filteredOn(each -> each.usbVersion() == 3)
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void inspect_whenOnboardEhciHasCompanions_showsOneControllerForAllSpeeds() throws Exception {
        GuestInspection seen = inspect("controllers-q35-usb-on.jsonl");
        assertThat(seen.controllers()).hasSize(1);
        assertThat(seen.controllers().get(0).ports())
                .hasSize(6)
                .allMatch(port -> port.speeds().contains(UsbSpeed.HIGH));
    }

    @Test
    void inspect_whenDeviceIsBehindHub_showsItWithoutPortAndTheHubsPortAsUsed() throws Exception {
        GuestInspection seen = inspect("hub-in-guest.jsonl");
        assertThat(seen.attachments()).hasSize(1);
        assertThat(seen.attachments().get(0).port()).isEmpty();
        assertThat(free(seen, "xhci.0")).hasSize(13).doesNotContain(1, 2);
    }

    private GuestInspection inspect(String recording) throws IOException {
        Path socket = root.resolve("r.sock");
        try (RecordedQemu qemu = new RecordedQemu(socket, recording);
                QmpHypervisor hypervisor = new QmpHypervisor(root, LONG)) {
            assertThat(qemu).isNotNull();
            hypervisor.configure(List.of(new GuestSpec("r", Map.of("qmp-socket", socket.toString()))));
            Awaitility.await().until(() -> !hypervisor.guests(LONG).isEmpty());
            Guest guest = hypervisor.guests(LONG).get(0);
            return hypervisor.inspect(guest, LONG);
        }
    }

    private static Attachment attachment(GuestInspection seen, String handle) {
        return seen.attachments().stream()
                .filter(each -> each.handle().equals(handle))
                .findFirst()
                .orElseThrow();
    }

    private static GuestController controller(GuestInspection seen, String id) {
        return seen.controllers().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> free(GuestInspection seen, String id) {
        return controller(seen, id).ports().stream()
                .filter(GuestPort::free)
                .map(GuestPort::number)
                .toList();
    }
}
