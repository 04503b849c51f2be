package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.xen.vusb.VusbPortId;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is taken away, by xl or without it, and what is left alone. */
class DetacherTest extends XlHostTest {

    DetacherTest() throws IOException {}

    @Test
    void detach_byXl_forgetsItsMarkAtOnce() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);

        detach(windows, made);

        assertThat(host.xl.log()).last().isEqualTo("usbdev-detach 1 0 5");
        assertNothingIsLeft(windows);
    }

    @Test
    void detach_whileTheGuestIsSuspended_isRefusedWithoutXl() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        suspend(windows);
        int before = host.xl.log().size();

        BackendException failure = failure(() -> detach(windows, made));

        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(host.xl.log()).hasSize(before);
    }

    @Test
    void detach_whenTheDeviceModelDoesNotHaveIt_clearsThePort() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        assertThat(windows.deleteDevice(made.handle())).isEmpty();

        detach(windows, made);

        assertNothingIsLeft(windows);
    }

    @Test
    void detach_whenTheDeviceGoesMeanwhile_isDoneAllTheSame() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        host.xl.beforeNext(() -> host.sysfs.unplug(device.path()));

        detach(windows, made);

        assertNothingIsLeft(windows);
    }

    @Test
    void detach_whenXlTakesLonger_isFinishedByTheNextInspection() {
        FakeDomain windows = host.create("windows", true);
        Attachment made = attach(windows, host.sysfs.plug(Gadget.keyboard()), 5);
        Guest guest = guest(windows);
        windows.hang(true);
        BackendException failure = failure(() -> xl.detach(new DetachRequest(guest, made, true, SHORT)));
        assertThat(failure.outcomeUnknown()).isTrue();

        windows.hang(false);

        assertThat(inspect(windows).attachments()).isEmpty();
        assertNothingIsLeft(windows);
    }

    @Test
    void detach_whenTheDeviceModelHasEnded_clearsThePort() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        host.sysfs.unplug(device.path());
        host.endDeviceModel(windows);

        detach(windows, made);

        assertThat(host.port(windows, 0, 5)).contains("");
        assertThat(host.marks(windows)).isEmpty();
    }

    @Test
    void detach_ofADeviceThatIsGone_leavesOtherDevicesAlone() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        Attachment made = attach(windows, device, 5);
        Attachment other = attach(windows, host.sysfs.plug(Gadget.keyboard()), 6);
        host.sysfs.unplug(device.path());

        detach(windows, made);

        assertThat(windows.objects()).containsExactly(other.handle());
        assertThat(inspect(windows).attachments()).containsExactly(other);
    }

    @Test
    void detach_ofAnothersDeviceThatIsGone_leavesAnothersOtherPortAlone() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice first = host.sysfs.plug(Gadget.keyboard());
        UsbDevice second = host.sysfs.plug(Gadget.keyboard());
        assertThat(attachByHand(windows, first, 1).succeeded()).isTrue();
        assertThat(attachByHand(windows, second, 2).succeeded()).isTrue();
        Attachment seen = inspect(windows).attachments().stream()
                .filter(each -> each.path().equals(java.util.Optional.of(first.path())))
                .findFirst()
                .orElseThrow();
        host.sysfs.unplug(first.path());
        host.sysfs.unplug(second.path());

        detach(windows, seen);

        assertThat(windows.objects())
                .containsExactly("xenusb-2-" + second.address().device());
        assertThat(host.port(windows, 0, 2)).contains(second.path().toString());
    }

    @Test
    void detach_ofAnothersDeviceThatIsGone_leavesALiveOneOnThePortAlone() {
        FakeDomain windows = host.create("windows", true);
        UsbDevice gone = host.sysfs.plug(Gadget.keyboard());
        UsbDevice live = host.sysfs.plug(Gadget.keyboard());
        assertThat(attachByHand(windows, gone, 1).succeeded()).isTrue();
        assertThat(windows.deleteDevice("xenusb-2-" + gone.address().device())).isEmpty();
        assertThat(windows.addDevice(live.address(), new VusbPortId(0, 1))).isEmpty();
        Attachment seen = inspect(windows).attachments().get(0);
        host.sysfs.unplug(gone.path());

        detach(windows, seen);

        assertThat(windows.objects())
                .containsExactly("xenusb-2-" + live.address().device());
        assertThat(host.port(windows, 0, 1)).contains("");
    }
}
