package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a guest of Xen is given a controller, and what libxl's ledger says of it meanwhile. */
@Timeout(60)
class XenQmpControllerTest extends XenQmpTests {

    private void add(int usbVersion) {
        hypervisor.addController(new AddControllerRequest(guest, usbVersion, TIME));
    }

    @Test
    void addController_writesWhatLibxlWouldBeforeQemuIsAsked() {
        run();
        Map<String, String> seen = new TreeMap<>();
        qemu().before("device_add", () -> seen.putAll(world.ledger(ALPHA)));

        add(3);

        String node = world.domain(ALPHA).vusb() + "/1";
        assertThat(seen)
                .containsEntry(node + "/type", "devicemodel")
                .containsEntry(node + "/usb-ver", "3")
                .containsEntry(node + "/num-ports", "15");
        assertThat(world.xenstored().get(node + "/port/15")).contains("");
        assertThat(qemu().commands())
                .anyMatch(line -> line.contains("\"nec-usb-xhci\"")
                        && line.contains("\"xenusb-1\"")
                        && line.contains("\"p2\":15")
                        && line.contains("\"p3\":15"));
        assertThat(inspect().controllers()).extracting(GuestController::id).containsExactly("xenusb-0.0", "xenusb-1.0");
    }

    @Test
    void addController_whenQemuRefuses_leavesXenstoreAsItWas() {
        run();
        Map<String, String> before = ledger();
        world.fillRoom(ALPHA);

        BackendException refused = failure(() -> add(3));

        assertThat(refused.is(BackendException.NO_ROOM)).isTrue();
        assertThat(refused.retry()).isEqualTo(Retry.NEVER);
        assertThat(refused.remedy()).contains("device_model_args_hvm");
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void addController_whenAnswerIsLostAndNothingWasDone_isTakenBackByTheNextInspection() {
        run();
        Map<String, String> before = ledger();
        world.loseNextAnswer(ALPHA, false);

        BackendException unknown = failure(() -> add(3));

        assertThat(unknown.outcomeUnknown()).isTrue();
        assertThat(inspect().controllers()).hasSize(1);
        assertThat(ledger()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"1,piix3-usb-uhci,2", "2,usb-ehci,6", "3,nec-usb-xhci,15"})
    void addController_ofAnyVersion_isLibxlsOfThatVersion(int usbVersion, String driver, int ports) {
        run();

        add(usbVersion);

        assertThat(qemu().commands()).anyMatch(line -> line.contains("\"" + driver + "\""));
        assertThat(node("usb-ver")).isEqualTo(Integer.toString(usbVersion));
        assertThat(node("num-ports")).isEqualTo(Integer.toString(ports));
        assertThat(inspect().controllers())
                .filteredOn(controller -> controller.id().equals("xenusb-1.0"))
                .singleElement()
                .satisfies(made -> {
                    assertThat(made.usbVersion()).isEqualTo(usbVersion);
                    assertThat(made.ports()).hasSize(ports);
                });
    }

    /** What xenstore says of the second controller. */
    private String node(String name) {
        return world.xenstored().get(world.domain(ALPHA).vusb() + "/1/" + name).orElse("");
    }

    @Test
    void addController_whileTheGuestMigrates_isRefusedUntilSomethingChanges() {
        run();
        Map<String, String> before = ledger();
        qemu().with(machine -> machine.refuseControllers("Device hotplug is not allowed while migrating"));

        BackendException refused = failure(() -> add(3));

        assertThat(refused.is(BackendException.REFUSED)).isTrue();
        assertThat(refused.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void addController_whenQemuEndsBeforeItIsAsked_leavesXenstoreAsItWas() {
        run();
        Map<String, String> before = ledger();
        world.xenstored().faults().before("TRANSACTION_END", qemu()::close);

        BackendException gone = failure(() -> add(3));

        assertThat(gone.outcomeUnknown()).isFalse();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void addController_whenAnswerIsLostAndItWasDone_staysInXenstore() {
        run();
        world.loseNextAnswer(ALPHA, true);

        assertThat(failure(() -> add(3)).outcomeUnknown()).isTrue();

        assertThat(node("num-ports")).as("nobody knows yet").isEqualTo("15");
        assertThat(inspect().controllers()).extracting(GuestController::id).containsExactly("xenusb-0.0", "xenusb-1.0");
        assertThat(node("num-ports")).isEqualTo("15");
    }

    @Test
    void addController_onceMade_isLibxlsToRemove() {
        run();
        add(3);

        qemu().byHand("device_del", "{\"id\": \"xenusb-1\"}");

        assertThat(inspect().controllers()).hasSize(1);
        assertThat(node("num-ports")).isEqualTo("15");
    }

    @Test
    void addController_warnsOnceInAGuestsLife() {
        run();
        try (Logged logged = new Logged(XenControllerAdder.class)) {
            add(3);
            add(3);
            assertThat(logged.warnings())
                    .singleElement()
                    .satisfies(text -> assertThat(text).contains("alpha", "xl save", "device_model_args_hvm"));
        }
    }

    @Test
    void addController_warnsAgainInTheNextLife() {
        run();
        try (Logged logged = new Logged(XenControllerAdder.class)) {
            add(3);
            Guest first = guest;
            world.stop(ALPHA);
            assertThat(hypervisor.guests(TIME)).isEmpty();
            world.start(ALPHA);
            guest = only();
            add(3);
            assertThat(guest.instance()).isNotEqualTo(first.instance());
            assertThat(logged.warnings()).hasSize(2);
        }
    }

    @Test
    void addController_warnsAgainOfAGuestThatWasForgotten() {
        run();
        try (Logged logged = new Logged(XenControllerAdder.class)) {
            add(3);
            hypervisor.configure(List.of());
            assertThat(hypervisor.guests(TIME)).isEmpty();
            hypervisor.configure(List.of(world.spec(ALPHA)));
            guest = only();
            add(3);
            assertThat(logged.warnings()).hasSize(2);
        }
    }
}
