package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.xen.vusb.VusbPortId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is looked at before xl is run, and after it. */
class AttacherTest extends XlHostTest {

    AttacherTest() throws IOException {}

    private BackendException failureWithin(Duration timeout, Guest guest, UsbDevice device, GuestPort port) {
        return failure(() -> {
            Attachment ignored = xl.attach(new AttachRequest(guest, device, port, timeout));
        });
    }

    /** Another device is there now. */
    private String takePort(FakeDomain domain, int port) {
        String other = host.sysfs.plug(Gadget.keyboard()).path().toString();
        host.store.put(host.portNode(domain, 0, port), other);
        return other;
    }

    // ---- before

    @Test
    void attach_whileTheGuestIsSuspended_isRefusedWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        suspend(windows);

        assertIsLeftAlone(failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5));
    }

    @Test
    void attach_ofADeviceThatIsGone_failsWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.sysfs.unplug(device.path());

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.code()).isEqualTo(BackendException.DEVICE_GONE);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(host.xl.log()).isEmpty();
    }

    @Test
    void attach_ofAnEarlierStayAtTheSameAddress_failsWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice now = host.sysfs.plug(Gadget.keyboard());
        UsbDevice before = UsbDevice.builder(now.path(), now.address(), new Generation("0123456789ab"), now.id())
                .build();

        assertThat(failureOfAttach(windows, before, 5).code()).isEqualTo(BackendException.DEVICE_GONE);
        assertThat(host.xl.log()).isEmpty();
    }

    @Test
    void attach_ofWhatTheGuestHas_failsWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        assertThat(attachByHand(windows, device, 1).succeeded()).isTrue();
        int before = host.xl.log().size();

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.code()).isEqualTo(BackendException.DUPLICATE);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(host.xl.log()).hasSize(before);
        assertThat(host.marks(windows)).isEmpty();
    }

    @Test
    void attach_toAControllerKnownForAGhost_failsWithoutXl() {
        FakeDomain windows = host.createBare("windows", true);
        host.controller(windows, 0, 3, FakeXenHost.PORTS);
        GuestPort port = port(windows, 5);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        BackendException first = failureWithin(LONG, guest(windows), device, port);

        BackendException again = failureWithin(LONG, guest(windows), device, port);

        assertThat(first.code()).isEqualTo(BackendException.PORT_BUSY);
        assertThat(again.code()).isEqualTo(BackendException.PORT_BUSY);
        assertThat(again.retry()).isEqualTo(Retry.NOW);
        assertThat(host.xl.log()).hasSize(1);
    }

    @Test
    void attach_whileXlIsStillAtWorkForAnotherDevice_leavesNoMark() {
        FakeDomain windows = host.create("windows", true);
        GuestPort five = port(windows, 5);
        GuestPort six = port(windows, 6);
        Guest guest = guest(windows);
        UsbDevice slow = host.sysfs.plug(Gadget.keyboard());
        UsbDevice second = host.sysfs.plug(Gadget.keyboard());
        windows.hang(true);
        assertThat(failureWithin(SHORT, guest, slow, five).outcomeUnknown()).isTrue();

        BackendException failure = failureWithin(SHORT, guest, second, six);

        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        windows.hang(false);
        assertThat(inspect(windows).attachments()).hasSize(1);
        assertThat(host.marks(windows)).hasSize(1);
    }

    // ---- when xl says no

    @Test
    void attach_whenTheDeviceGoesMeanwhile_saysThat() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.xl.beforeNext(() -> host.sysfs.unplug(device.path()));

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.code()).isEqualTo(BackendException.DEVICE_GONE);
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenAnotherGivesItToTheGuestMeanwhile_saysThat() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.xl.beforeNext(
                () -> assertThat(attachByHand(windows, device, 1).succeeded()).isTrue());

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.code()).isEqualTo(BackendException.DUPLICATE);
        assertThat(host.marks(windows)).isEmpty();
    }

    @Test
    void attach_whenAnotherTakesThePortMeanwhile_forgetsItsMarkAtOnce() {
        FakeDomain windows = host.create("windows", true);
        AtomicReference<String> other = new AtomicReference<>();
        host.xl.beforeNext(() -> other.set(takePort(windows, 5)));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.PORT_BUSY);
        assertThat(host.marks(windows)).isEmpty();
        assertThat(host.port(windows, 0, 5)).contains(other.get());
    }

    @Test
    void attach_whenLibxlDoesNotTakeBackWhatItWrote_isTakenBackByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.xl.answerNext(RecordedXl.read("usbdev-attach-speed"));
        host.xl.afterNext(
                () -> host.store.put(host.portNode(windows, 0, 5), device.path().toString()));
        assertThat(failureOfAttach(windows, device, 5).code()).isEqualTo(BackendException.REFUSED);

        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenRefusedAndNobodyCanLook_isTakenBackByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(RecordedXl.read("usbdev-attach-speed"));
        host.xl.afterNext(() -> host.store.faults().refuse("READ", "EBUSY"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.remedy()).contains("qemu-dm-");
        host.store.faults().allow();
        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenRefusedAndTheGuestHasGone_saysThat() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(RecordedXl.read("usbdev-attach-speed"));
        host.xl.afterNext(() -> host.destroy(windows));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.GUEST_GONE);
    }

    // ---- when xl says yes

    @Test
    void attach_whenNobodyCanLookWhetherItIsThere_hasUnknownOutcomeAndIsSettledLater() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(FakeXl.exited(0, ""));
        host.xl.afterNext(() -> host.store.faults().refuse("READ", "EBUSY"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.outcomeUnknown()).isTrue();
        host.store.faults().allow();
        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenTheGuestGoesMeanwhile_saysThat() {
        FakeDomain windows = host.create("windows", true);
        host.xl.afterNext(() -> host.destroy(windows));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.GUEST_GONE);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void attach_whenThePortHasSomethingElse_isNotBelieved() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(FakeXl.exited(0, ""));
        host.xl.afterNext(() -> takePort(windows, 5));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void attach_toAPvGuest_whenXlTakesLonger_isOursInTheEnd() {
        FakeDomain para = host.create("windows", false);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        GuestPort port = port(para, 5);
        Guest guest = guest(para);
        para.hang(true);
        assertThat(failureWithin(SHORT, guest, device, port).outcomeUnknown()).isTrue();

        para.hang(false);

        assertThat(inspect(para).attachments()).extracting(Attachment::ours).containsExactly(true);
    }

    // ---- what others left over

    @Test
    void attach_whenRefusedForAnotherReason_repairsNothing() {
        FakeDomain windows = host.create("windows", true);
        FakeDomain worn = host.create("worn", true);
        xl.repair(new RepairRequest(Depth.QUICK, false, LONG));
        UsbDevice ignored = leaveOver(worn);
        host.xl.answerNext(RecordedXl.read("usbdev-attach-speed"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(worn.objects()).hasSize(1);
    }

    @Test
    void attach_whenNothingIsFoundToRepair_isNotTriedAgain() {
        FakeDomain windows = host.create("windows", true);
        xl.repair(new RepairRequest(Depth.QUICK, false, LONG));
        host.xl.answerNext(RecordedXl.read("usbdev-attach-poisoned"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.remedy()).contains("--no-repair");
        assertThat(host.xl.log()).hasSize(1);
    }

    @Test
    void attach_whenRepairingFails_saysWhatXlSaid() {
        FakeDomain windows = host.create("windows", true);
        xl.repair(new RepairRequest(Depth.QUICK, false, LONG));
        host.xl.answerNext(RecordedXl.read("usbdev-attach-poisoned"));
        host.xl.afterNext(() -> host.store.faults().refuse("READ", "EBUSY"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.remedy()).contains("--no-repair");
        host.store.faults().allow();
    }

    @Test
    void attach_whenRepairing_keepsHalfOfTheTimeForItself() {
        FakeDomain windows = host.create("windows", true);
        FakeDomain worn = host.create("worn", true);
        xl.repair(new RepairRequest(Depth.QUICK, false, LONG));
        UsbDevice ignored = leaveOver(worn);

        assertThat(attach(windows, host.sysfs.plug(Gadget.keyboard()), 5).ours())
                .isTrue();

        assertThat(worn.lastDeadline().remaining()).isLessThanOrEqualTo(LONG.dividedBy(2));
    }

    @Test
    void attach_ofWhatTheDeviceModelHasUnnoticed_saysWhatToDo() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        assertThat(windows.addDevice(device.address(), new VusbPortId(0, 1))).isEmpty();

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.remedy()).contains("device_del");
        assertThat(host.marks(windows)).isEmpty();
    }
}
