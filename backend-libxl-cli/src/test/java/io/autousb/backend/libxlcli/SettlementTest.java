package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.libxlcli.FakeDomain.Accident;
import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.xen.vusb.VusbPortId;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What inspections find out of changes whose outcome is not known. */
class SettlementTest extends XlHostTest {

    SettlementTest() throws IOException {}

    @Test
    void inspect_whenNothingIsInDoubt_asksNoDeviceModel() {
        FakeDomain windows = host.create("windows", true);
        Attachment ignored = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        assertThat(inspect(windows).attachments()).hasSize(1);

        assertThat(windows.sessions()).isZero();
    }

    @Test
    void inspect_whenAllIsSettled_asksNoMore() {
        FakeDomain windows = host.create("windows", true);
        windows.next(Accident.KILLED_BETWEEN);
        BackendException ignored = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        assertThat(inspect(windows).attachments()).isEmpty();
        assertThat(windows.sessions()).isEqualTo(1);

        assertThat(inspect(windows).attachments()).isEmpty();

        assertThat(windows.sessions()).isEqualTo(1);
        assertThat(windows.openSessions()).isZero();
    }

    @Test
    void inspect_whenTheChangeTookEffect_keepsIt() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        windows.next(Accident.KILLED_AFTER);
        assertThat(failureOfAttach(windows, device, 5).outcomeUnknown()).isTrue();

        assertThat(inspect(windows).attachments()).extracting(Attachment::ours).containsExactly(true);

        assertThat(windows.objects()).hasSize(1);
        assertThat(host.marks(windows)).hasSize(1);
    }

    @Test
    void inspect_afterAnAttachThatWasCutOff_takesNoOtherDeviceForIt() {
        FakeDomain windows = host.create("windows", true);
        Attachment other = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        windows.next(Accident.KILLED_BETWEEN);
        BackendException ignored = failureOfAttach(windows, host.sysfs.plug(Gadget.keyboard()), 6);

        assertThat(inspect(windows).attachments()).containsExactly(other);

        assertThat(host.port(windows, 0, 6)).contains("");
    }

    @Test
    void inspect_whenThePortHasSomethingElse_leavesThatAndDeletesTheObject() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.xl.answerNext(RecordedXl.read("usbdev-attach-busy"));
        assertThat(failureOfAttach(windows, device, 5).outcomeUnknown()).isTrue();
        assertThat(windows.addDevice(device.address(), new VusbPortId(0, 5))).isEmpty();
        host.store.put(host.portNode(windows, 0, 5), "9-9");

        assertThat(inspect(windows).attachments()).extracting(Attachment::ours).containsExactly(false);

        assertThat(windows.objects()).isEmpty();
        assertThat(host.port(windows, 0, 5)).contains("9-9");
        assertThat(host.marks(windows)).isEmpty();
    }

    @Test
    void inspect_ofAPvGuestWhoseNewControllerIsInDoubt_keepsIt() {
        FakeDomain para = host.createBare("windows", false);
        para.next(Accident.KILLED_AFTER);
        BackendException failure = failure(() -> xl.addController(new AddControllerRequest(guest(para), 2, LONG)));
        assertThat(failure.outcomeUnknown()).isTrue();

        assertThat(inspect(para).controllers()).hasSize(1);
    }

    @Test
    void inspect_ofAnHvmGuestWhoseNewControllerIsThere_keepsIt() {
        FakeDomain windows = host.createBare("windows", true);
        windows.next(Accident.KILLED_AFTER);
        BackendException failure = failure(() -> xl.addController(new AddControllerRequest(guest(windows), 3, LONG)));
        assertThat(failure.outcomeUnknown()).isTrue();

        assertThat(inspect(windows).controllers()).hasSize(1);
    }
}
