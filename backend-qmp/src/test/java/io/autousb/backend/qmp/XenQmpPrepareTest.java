package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.xen.store.FakeFaults.Fault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ports that are claimed ahead of an attach. */
@Timeout(60)
class XenQmpPrepareTest extends XenQmpTests {

    private UsbDevice device;
    private GuestPort port;
    private Map<String, String> before;

    @BeforeEach
    void plugIn() {
        run();
        device = world.plug(Gadget.keyboard());
        port = freePort();
        before = ledger();
    }

    private void prepare(UsbDevice... devices) {
        hypervisor.prepare(
                guest,
                List.of(devices).stream()
                        .map(each -> new AttachRequest(guest, each, port, TIME))
                        .toList());
    }

    private long transactions() {
        return world.xenstored().requests("TRANSACTION_START");
    }

    @Test
    void prepare_writesMarkAndPort() {
        prepare(device);

        assertThat(world.port(ALPHA, 15)).contains(device.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(device));
        assertThat(qemu().commands()).noneMatch(line -> line.contains("device_add"));
    }

    @Test
    void attach_whenPrepared_changesNothingMoreInXenstore() {
        prepare(device);
        long transactions = transactions();

        attach(device, port);

        assertThat(transactions()).isEqualTo(transactions);
        assertThat(inspect().attachments()).hasSize(1);
        assertThat(mark(15)).isEqualTo(markOf(device));
    }

    @Test
    void attach_ofThePreparedTwice_claimsAnewTheSecondTime() {
        prepare(device);
        detach(attach(device, port), true);

        attach(device, port);

        assertThat(world.port(ALPHA, 15)).contains(device.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(device));
    }

    @Test
    void attach_whenQemuRefusesThePrepared_takesTheClaimBack() {
        prepare(device);
        world.refuseNextAttach(ALPHA, "no");

        assertThat(failure(() -> attach(device, port)).outcomeUnknown()).isFalse();

        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void attach_whenQemuRefusesAndXenstoredFails_tellsWhatQemuSaid() {
        prepare(device);
        world.refuseNextAttach(ALPHA, "no such luck");
        world.xenstored().faults().next("TRANSACTION_END", Fault.CUT_BEFORE);

        BackendException failure = failure(() -> attach(device, port));

        assertThat(failure.getMessage()).contains("no such luck");
        assertThat(mark(15)).as("left to the next inspection").isEqualTo(markOf(device));
        awaitLedgerAsBefore();
    }

    /** By an inspection, which fails until there is a connection again. */
    private void awaitLedgerAsBefore() {
        await().atMost(TIME)
                .ignoreExceptions()
                .until(() -> inspect().attachments().isEmpty());
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void attach_whenThePreparedHasGone_takesTheClaimBackAtTheNextLook() {
        prepare(device);
        world.unplug(device);

        assertThat(failure(() -> attach(device, port)).is(BackendException.DEVICE_GONE))
                .isTrue();

        inspect();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void prepare_ofTheSameAgain_writesNothing() {
        prepare(device);
        long transactions = transactions();

        prepare(device);

        assertThat(transactions()).isEqualTo(transactions);
    }

    @Test
    void prepare_ofASuccessorInThePlace_isForThatOne() {
        prepare(device);
        UsbDevice successor = world.replug(device, Gadget.keyboard());

        prepare(successor);

        assertThat(mark(15)).isEqualTo(markOf(successor));
        attach(successor, port);
        assertThat(inspect().attachments()).hasSize(1);
    }

    @Test
    void prepare_whenXlHasTakenThePort_leavesIt() {
        world.xenstored().put(world.domain(ALPHA).vusb() + "/0/port/15", "3-1");
        Map<String, String> taken = ledger();

        prepare(device);
        prepare();

        assertThat(ledger()).isEqualTo(taken);
        assertThat(failure(() -> attach(device, port)).is(BackendException.PORT_BUSY))
                .isTrue();
    }

    @Test
    void prepare_whenTheAnswerIsLost_isPutRightByTheNextInspection() {
        world.xenstored().faults().next("TRANSACTION_END", Fault.CUT_AFTER);

        prepare(device);

        awaitLedgerAsBefore();
    }

    @Test
    void attach_afterAnInspection_claimsAnew() {
        prepare(device);
        inspect();

        attach(device, port);

        assertThat(world.port(ALPHA, 15)).contains(device.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(device));
    }

    @Test
    void attach_ofAnotherToThePort_leavesItToThatOne() {
        prepare(device);
        UsbDevice other = world.plug(Gadget.keyboard());

        attach(other, port);

        assertThat(world.port(ALPHA, 15)).contains(other.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(other));
    }

    @Test
    void attach_elsewhere_takesTheClaimBack() {
        prepare(device);
        GuestPort other = new GuestPort(port.controller(), 14, port.speeds(), true);

        attach(device, other);

        assertThat(world.port(ALPHA, 15)).contains("");
        assertThat(mark(15)).isEmpty();
        assertThat(mark(14)).isEqualTo(markOf(device));
    }

    @Test
    void attach_toAPortThatAnInspectionHasShown_doesNotAskWhoTheGuestIs() {
        long asked = world.xenstored().log().stream()
                .filter(each -> each.contains("num-ports"))
                .count();

        attach(device, port);

        assertThat(world.xenstored().log().stream().filter(each -> each.contains("num-ports")))
                .hasSize((int) asked);
    }

    @Test
    void prepare_whenTheGuestIsSuspended_takesBackWhatThereIs() {
        prepare(device);
        world.setState(ALPHA, GuestState.TRANSIENT);

        prepare();

        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void guests_thatAreNotAskedForAnyMore_loseWhatWasPrepared() {
        prepare(device);

        hypervisor.configure(List.of());
        assertThat(hypervisor.guests(TIME)).isEmpty();

        assertThat(ledger()).isEqualTo(before);
    }
}
