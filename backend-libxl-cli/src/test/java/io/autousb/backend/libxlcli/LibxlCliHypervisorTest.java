package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.CommandResult;
import io.autousb.backend.libxlcli.FakeDomain.Accident;
import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.xen.repair.LeftoverRepair;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the contract does not tell: what is left in xenstore and in QEMU, whatever goes wrong. */
class LibxlCliHypervisorTest extends XlHostTest {

    LibxlCliHypervisorTest() throws IOException {}

    @Test
    void inspect_ofAGuestThatWasInAnotherState_showsThePresentOne() {
        FakeDomain windows = host.create("windows", true);
        host.store.put("/local/domain/" + windows.domid + "/control/shutdown", "suspend");
        Guest suspending = guest(windows);
        assertThat(suspending.state()).isEqualTo(GuestState.TRANSIENT);
        host.store.put("/local/domain/" + windows.domid + "/control/shutdown", "");

        assertThat(xl.inspect(suspending, LONG).guest().state()).isEqualTo(GuestState.RUNNING);
    }

    // ---- attach

    @Test
    void attach_runsXlWithDecimalNumbers() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());

        Attachment ignored = attach(windows, device, 5);

        assertThat(host.xl.log())
                .containsExactly(
                        "usbdev-attach 1 hostbus=2 hostaddr=" + device.address().device() + " controller=0 port=5");
    }

    @Test
    void attach_marksThePlaceBeforeXlIsRun() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        windows.next(Accident.KILLED_BETWEEN);

        BackendException failure = failureOfAttach(windows, device, 5);

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(host.marks(windows).values())
                .containsExactly("1 " + device.path() + " " + device.generation() + " xenusb-2-"
                        + device.address().device());
    }

    @Test
    void attach_whenUdevIsNotDone_waitsForItWithoutRunningXl() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice plugged = host.sysfs.plug(Gadget.keyboard());
        UsbDevice early = UsbDevice.builder(plugged.path(), plugged.address(), plugged.generation(), plugged.id())
                .initialized(false)
                .build();

        BackendException failure = failureOfAttach(windows, early, 5);

        assertThat(failure.code()).isEqualTo(BackendException.NOT_READY);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(host.xl.log()).isEmpty();
    }

    @Test
    void attach_whenRefused_leavesNothing() {
        FakeDomain windows = host.create("windows", true);
        windows.refuseNext("failed to open host usb device 2:3");

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenXlIsNotThere_leavesNothing() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(CommandResult.notStarted("there is no program xl"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure.remedy()).contains("xen-utils");
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenNotRoot_saysSo() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(RecordedXl.read("usbdev-attach-not-root"));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.NO_PERMISSION);
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenXlDoesNothingAndSaysItDid_isNotBelieved() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(FakeXl.exited(0, ""));

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenXlIsKilledBetweenXenstoreAndQemu_isTakenBackByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        windows.next(Accident.KILLED_BETWEEN);
        BackendException ignored = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        GuestInspection seen = inspect(windows);

        assertThat(seen.attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenLibxlGaveUpAndQemuDidIt_isTakenBackByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.xl.answerNext(RecordedXl.read("usbdev-attach-busy"));
        BackendException failure = failureOfAttach(windows, device, 5);
        assertThat(failure.outcomeUnknown()).isTrue();
        String late = windows.addDevice(device.address(), new io.autousb.xen.vusb.VusbPortId(0, 5));
        assertThat(late).isEmpty();

        GuestInspection seen = inspect(windows);

        assertThat(seen.attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_whenXlTakesLonger_isNotKilledAndInspectionWaitsForIt() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        GuestPort port = port(windows, 5);
        Guest guest = guest(windows);
        windows.hang(true);
        BackendException failure = catchThrowableOfType(
                BackendException.class, () -> xl.attach(new AttachRequest(guest, device, port, SHORT)));
        assertThat(failure.outcomeUnknown()).isTrue();
        BackendException unclear = catchThrowableOfType(BackendException.class, () -> xl.inspect(guest, SHORT));
        assertThat(unclear.code()).isEqualTo(BackendException.TIMEOUT);

        windows.hang(false);

        assertThat(inspect(windows).attachments())
                .extracting(Attachment::generation)
                .containsExactly(Optional.of(device.generation()));
        assertThat(windows.objects()).hasSize(1);
    }

    @Test
    void attach_whenXlCannotBeSettled_keepsTheMark() {
        FakeDomain windows = host.create("windows", true);
        windows.next(Accident.KILLED_BETWEEN);
        BackendException ignored = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        Guest guest = guest(windows);
        windows.hang(true);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> xl.inspect(guest, SHORT));

        assertThat(failure).isNotNull();
        assertThat(host.marks(windows)).hasSize(1);
        windows.hang(false);
        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void attach_toAGhostController_asksForAnother() {
        FakeDomain windows = host.createBare("windows", true);
        host.controller(windows, 0, 3, FakeXenHost.PORTS);

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.code()).isEqualTo(BackendException.PORT_BUSY);
        assertThat(failure.retry()).isEqualTo(Retry.NOW);
        assertThat(inspect(windows).controllers().get(0).ports()).noneMatch(GuestPort::free);
        assertThat(host.marks(windows)).isEmpty();
    }

    @Test
    void attach_toAGhostControllerThatLibxlWasJustMaking_worksAfterAWhile() {
        FakeDomain windows = host.createBare("windows", true);
        host.controller(windows, 0, 3, FakeXenHost.PORTS);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        BackendException ignored = failureOfAttach(windows, device, 5);
        windows.putController(0);

        nanos.addAndGet(LeftoverRepair.SETTLE.toNanos() + 1);

        assertThat(attach(windows, device, 5).ours()).isTrue();
    }

    // ---- what others left over

    @Test
    void attach_whenAnotherGuestHasADeadPort_repairsItAndSucceeds() {
        FakeDomain windows = host.create("windows", true);
        FakeDomain worn = host.create("worn", true);
        xl.repair(new RepairRequest(Depth.QUICK, false, LONG));
        UsbDevice ignored = leaveOver(worn);

        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(inspect(windows).attachments()).containsExactly(made);
        assertNothingIsLeft(worn);
    }

    @Test
    void attach_whenAnotherGuestHasADeadPortAndNothingIsToBeRepaired_saysWhatToDo() {
        FakeDomain windows = host.create("windows", true);
        FakeDomain worn = host.create("worn", true);
        xl.repair(new RepairRequest(Depth.QUICK, true, LONG));
        UsbDevice ignored = leaveOver(worn);

        BackendException failure = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(failure.remedy()).contains("--no-repair");
        assertThat(worn.objects()).hasSize(1);
        assertThat(host.port(worn, 0, 1)).isNotEqualTo(Optional.of(""));
        assertNothingIsLeft(windows);
    }

    @Test
    void repair_ofADeadPort_clearsPortAndObject() {
        FakeDomain worn = host.create("worn", true);
        UsbDevice ignored = leaveOver(worn);

        assertThat(xl.repair(new RepairRequest(Depth.THOROUGH, false, LONG)).notices())
                .hasSize(1);

        assertNothingIsLeft(worn);
    }

    // ---- detach

    @Test
    void detach_whenDeviceIsGone_deletesTheObjectWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        host.sysfs.unplug(device.path());
        int before = host.xl.log().size();

        detach(windows, made);

        assertNothingIsLeft(windows);
        assertThat(host.xl.log()).hasSize(before);
    }

    @Test
    void detach_whenAnotherDeviceIsInItsPlace_deletesTheObjectOfTheFirst() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        host.sysfs.unplug(device.path());
        UsbDevice successor = host.sysfs.plug(device.path(), Gadget.keyboard());

        detach(windows, made);

        assertNothingIsLeft(windows);
        assertThat(attach(windows, successor, 5).generation()).contains(successor.generation());
    }

    @Test
    void detach_ofAnothersAttachmentWhoseDeviceWasPluggedInAnew_clearsIt() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        assertThat(attachByHand(windows, device, 1).succeeded()).isTrue();
        Attachment seen = inspect(windows).attachments().get(0);
        host.sysfs.unplug(device.path());
        UsbDevice ignored = host.sysfs.plug(device.path(), Gadget.keyboard());

        detach(windows, seen);

        assertNothingIsLeft(windows);
    }

    @Test
    void detach_ofADeviceThatIsGone_fromAPvGuest_clearsItsBackendsPort() {
        FakeDomain para = host.create("windows", false);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(para, device, 5);
        host.sysfs.unplug(device.path());

        detach(para, made);

        assertThat(host.port(para, 0, 5)).contains("");
        assertThat(host.marks(para)).isEmpty();
    }

    @Test
    void detach_whenXlIsKilledBetweenXenstoreAndQemu_isFinishedByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        windows.next(Accident.KILLED_BETWEEN);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> detach(windows, made));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void detach_whenXlCrashes_saysThatTheOutcomeIsUnknown() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        host.xl.answerNext(RecordedXl.read("usbdev-detach-unknown-controller"));

        BackendException failure = catchThrowableOfType(BackendException.class, () -> detach(windows, made));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(inspect(windows).attachments()).containsExactly(made);
    }

    @Test
    void detach_ofAnOlderAttachmentOnThePort_leavesTheNewerOneAlone() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment old = attach(windows, device, 5);
        detach(windows, old);
        host.sysfs.unplug(device.path());
        Attachment made = attach(windows, host.sysfs.plug(device.path(), Gadget.keyboard()), 5);

        detach(windows, old);

        assertThat(inspect(windows).attachments()).containsExactly(made);
    }

    @Test
    void detach_whenDeviceModelIsBusy_leavesAllAsItWas() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        host.sysfs.unplug(device.path());
        windows.hang(true);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> detach(windows, made));

        assertThat(failure).isNotNull();
        assertThat(windows.objects()).hasSize(1);
        assertThat(host.port(windows, 0, 5)).contains(device.path().toString());
        assertThat(host.marks(windows)).hasSize(1);
    }

    // ---- controllers

    private BackendException failureOfAddController(FakeDomain domain, Duration timeout) {
        Guest guest = guest(domain);
        return catchThrowableOfType(
                BackendException.class, () -> xl.addController(new AddControllerRequest(guest, 3, timeout)));
    }

    @Test
    void addController_asksForAsManyPortsAsThereCanBe() {
        FakeDomain windows = host.createBare("windows", true);

        xl.addController(new AddControllerRequest(guest(windows), 3, LONG));

        assertThat(host.xl.log()).containsExactly("usbctrl-attach 1 type=devicemodel version=3 ports=15");
    }

    @Test
    void addController_toAPvGuest_asksForOneThatItCanHave() {
        FakeDomain para = host.createBare("windows", false);

        xl.addController(new AddControllerRequest(guest(para), 3, LONG));

        assertThat(host.xl.log()).containsExactly("usbctrl-attach 1 type=qusb version=2 ports=8");
        assertThat(inspect(para).controllers()).hasSize(1);
    }

    @Test
    void addController_whenXlIsKilledBetweenXenstoreAndQemu_leavesNoGhost() {
        FakeDomain windows = host.createBare("windows", true);
        windows.next(Accident.KILLED_BETWEEN);

        BackendException failure = failureOfAddController(windows, LONG);

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(inspect(windows).controllers()).isEmpty();
        assertThat(host.hasController(windows, 0)).isFalse();
    }

    @Test
    void addController_whenXlTakesLonger_isShownWhenItIsThere() {
        FakeDomain windows = host.createBare("windows", true);
        windows.hang(true);
        BackendException failure = failureOfAddController(windows, SHORT);
        assertThat(failure.outcomeUnknown()).isTrue();

        windows.hang(false);

        assertThat(inspect(windows).controllers()).hasSize(1);
    }

    @Test
    void close_whenXlIsAtWork_endsIt() {
        FakeDomain windows = host.createBare("windows", true);
        windows.hang(true);
        BackendException ignored = failureOfAddController(windows, SHORT);

        xl.close();

        Collection<Thread> threads = Thread.getAllStackTraces().keySet();
        assertThat(threads)
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("autousb-xl"));
    }
}
