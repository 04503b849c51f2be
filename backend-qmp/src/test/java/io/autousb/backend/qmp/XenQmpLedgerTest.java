package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is noted of changes that were begun, and what is not touched because it is not of them any more. */
@Timeout(60)
class XenQmpLedgerTest extends XenQmpTests {

    private static GuestPort port(String controller, int number) {
        return new GuestPort(controller, number, Set.of(), true);
    }

    private String node(int controller, int port) {
        return world.domain(ALPHA).vusb() + "/" + controller + "/port/" + port;
    }

    /** How often an inspection changes xenstore, or tries to. */
    private long changesOfAnInspection() {
        long before = world.xenstored().requests("TRANSACTION_START");
        inspect();
        return world.xenstored().requests("TRANSACTION_START") - before;
    }

    private void assertNothingIsLeftToPutRight() {
        long first = changesOfAnInspection();
        assertThat(first).isEqualTo(changesOfAnInspection());
    }

    @Test
    void attach_whenTheControllerIsGoneFromXenstore_failsWithPortBusy() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.xenstored().delete(world.domain(ALPHA).vusb() + "/0");

        BackendException busy = failure(() -> attach(device, port));

        assertThat(busy.is(BackendException.PORT_BUSY)).isTrue();
        assertThat(busy.retry()).isEqualTo(Retry.NOW);
        assertThat(busy.what()).contains("no such port");
        assertThat(ledger()).isEmpty();
    }

    @Test
    void attach_whenXlHasTakenThePort_leavesNothingToPutRight() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.xenstored().put(node(0, 15), "3-1");

        failure(() -> attach(device, port));

        assertNothingIsLeftToPutRight();
    }

    @Test
    void attach_whenQemuRefuses_leavesNothingToPutRight() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.refuseNextAttach(ALPHA, "no");

        failure(() -> attach(device, port));

        assertNothingIsLeftToPutRight();
    }

    @Test
    void attach_toAPortWhoseOutcomeIsUnknown_leavesThatToTheNextInspection() {
        run();
        UsbDevice first = world.plug(Gadget.keyboard());
        UsbDevice second = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        world.loseNextAnswer(ALPHA, false);
        assertThat(failure(() -> attach(first, port)).outcomeUnknown()).isTrue();

        assertThat(failure(() -> attach(second, port)).is(BackendException.PORT_BUSY))
                .isTrue();

        assertThat(mark(15)).isEqualTo(markOf(first));
        assertThat(inspect().attachments()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_whenGuestRefusesAndXlHasClearedThePort_leavesItClear() {
        run();
        Attachment made = attach(world.plug(Gadget.keyboard()));
        world.xenstored().put(node(0, 15), "");

        assertThat(refusedDetach(made).outcomeUnknown()).isFalse();

        assertThat(world.port(ALPHA, 15)).contains("");
    }

    @Test
    void detach_ofOursThatXlAttachesElsewhereThen_leavesThePortFree() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        detach(attach(device), true);

        world.attachByHand(ALPHA, device, port("xenusb-0.0", 1), Foreign.NAMED);

        assertThat(inspect().attachments()).hasSize(1);
        assertThat(world.port(ALPHA, 15)).contains("");
    }

    @Test
    void detach_ofXlsThatXlAttachesElsewhereThen_leavesThePortFree() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, device, port("xenusb-0.0", 2), Foreign.NAMED);
        detach(inspect().attachments().get(0), true);

        world.attachByHand(ALPHA, device, port("xenusb-0.0", 1), Foreign.NAMED);

        assertThat(inspect().attachments()).hasSize(1);
        assertThat(world.port(ALPHA, 2)).contains("");
    }

    /** Lets xl move a device from the first port, and put another there; returns what was attached there before. */
    private Attachment movedByXl(GuestPort to, UsbDevice other) {
        UsbDevice moved = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, moved, port("xenusb-0.0", 1), Foreign.NAMED);
        Attachment old = inspect().attachments().get(0);
        world.detachByHand(ALPHA, old);
        world.attachByHand(ALPHA, other, port("xenusb-0.0", 1), Foreign.NAMED);
        world.attachByHand(ALPHA, moved, to, Foreign.NAMED);
        return old;
    }

    @Test
    void detach_ofWhatXlHasMovedToAnotherPort_leavesTheFirstToTheOther() {
        run();
        UsbDevice other = world.plug(Gadget.keyboard());
        Attachment old = movedByXl(port("xenusb-0.0", 2), other);

        detach(old, true);

        assertThat(world.port(ALPHA, 1)).contains(other.path().toString());
    }

    @Test
    void detach_ofWhatXlHasMovedToAnotherController_leavesTheFirstToTheOther() {
        run();
        hypervisor.addController(new AddControllerRequest(guest, 3, TIME));
        UsbDevice other = world.plug(Gadget.keyboard());
        Attachment old = movedByXl(port("xenusb-1.0", 1), other);

        detach(old, true);

        assertThat(world.port(ALPHA, 1)).contains(other.path().toString());
    }

    @Test
    void detach_ofXlsWhenAnswerIsLostAndNothingWasDone_isWrittenBackByTheNextInspection() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, device, port("xenusb-0.0", 2), Foreign.NAMED);
        Attachment foreign = inspect().attachments().get(0);
        Map<String, String> before = ledger();
        world.loseNextAnswer(ALPHA, false);
        assertThat(failure(() -> detach(foreign, true)).outcomeUnknown()).isTrue();
        assertThat(world.port(ALPHA, 2)).as("nobody knows yet").contains("");

        assertThat(inspect().attachments()).containsExactly(foreign);

        assertThat(ledger()).isEqualTo(before);
        assertIsXlsToMove(device, foreign, 2);
    }

    @Test
    void detach_ofXlsWhenGuestRefuses_writesThePortBack() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, device, port("xenusb-0.0", 2), Foreign.NAMED);
        Attachment foreign = inspect().attachments().get(0);
        Map<String, String> before = ledger();

        assertThat(refusedDetach(foreign).outcomeUnknown()).isFalse();

        assertThat(ledger()).isEqualTo(before);
        assertIsXlsToMove(device, foreign, 2);
    }

    @Test
    void detach_whenGuestRefuses_isXlsToDoThen() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        Attachment made = attach(device);

        assertThat(refusedDetach(made).outcomeUnknown()).isFalse();

        assertIsXlsToMove(device, made, 15);
    }

    @Test
    void detach_whenAnswerIsLostAndNothingWasDone_isXlsToDoAfterTheNextInspection() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        Attachment made = attach(device);
        world.loseNextAnswer(ALPHA, false);
        assertThat(failure(() -> detach(made, true)).outcomeUnknown()).isTrue();
        inspect();

        assertIsXlsToMove(device, made, 15);
    }

    /** Nobody writes it back where it was any more. */
    private void assertIsXlsToMove(UsbDevice device, Attachment attached, int from) {
        qemu().with(machine -> machine.unplug(FakeMachine.Unplug.AT_ONCE));
        world.detachByHand(ALPHA, attached);
        world.attachByHand(ALPHA, device, port("xenusb-0.0", 1), Foreign.NAMED);

        inspect();

        assertThat(world.port(ALPHA, from)).contains("");
        assertThat(world.port(ALPHA, 1)).contains(device.path().toString());
    }

    @Test
    void detach_ofWhatHasNoName_clearsItsPort() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, device, port("xenusb-0.0", 2), Foreign.ANONYMOUS);
        world.xenstored().put(node(0, 2), device.path().toString());

        detach(inspect().attachments().get(0), true);

        assertThat(world.port(ALPHA, 2)).contains("");
    }
}
