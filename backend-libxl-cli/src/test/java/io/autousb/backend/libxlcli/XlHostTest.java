package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.CommandResult;
import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** The adapter on a {@link FakeXenHost}, for tests of what it leaves there, whatever goes wrong. */
@Timeout(60)
abstract class XlHostTest {

    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(300);

    final AtomicLong nanos = new AtomicLong();
    final FakeXenHost host;
    final LibxlCliHypervisor xl;

    XlHostTest() throws IOException {
        host = new FakeXenHost();
        xl = host.open(nanos::get);
        xl.configure(List.of(new GuestSpec("windows", Map.of()), new GuestSpec("other", Map.of())));
    }

    @AfterEach
    void close() {
        xl.close();
        host.close();
    }

    Guest guest(FakeDomain domain) {
        return xl.guests(LONG).stream()
                .filter(guest -> guest.name().equals(domain.name))
                .findFirst()
                .orElseThrow();
    }

    GuestInspection inspect(FakeDomain domain) {
        return xl.inspect(guest(domain), LONG);
    }

    GuestPort port(FakeDomain domain, int number) {
        return inspect(domain).controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(port -> port.number() == number)
                .findFirst()
                .orElseThrow();
    }

    Attachment attach(FakeDomain domain, UsbDevice device, int port) {
        return xl.attach(new AttachRequest(guest(domain), device, port(domain, port), LONG));
    }

    BackendException failureOfAttach(FakeDomain domain, UsbDevice device, int port) {
        GuestPort where = port(domain, port);
        return catchThrowableOfType(
                BackendException.class, () -> xl.attach(new AttachRequest(guest(domain), device, where, LONG)));
    }

    void detach(FakeDomain domain, Attachment attachment) {
        xl.detach(new DetachRequest(guest(domain), attachment, true, LONG));
    }

    CommandResult attachByHand(FakeDomain domain, UsbDevice device, int port) {
        return host.xl.byHand(
                "xl",
                "usbdev-attach",
                Integer.toString(domain.domid),
                "hostbus=" + device.address().bus(),
                "hostaddr=" + device.address().device(),
                "controller=0",
                "port=" + port);
    }

    void assertNothingIsLeft(FakeDomain domain) {
        assertThat(domain.objects()).isEmpty();
        assertThat(domain.openSessions()).isZero();
        assertThat(host.marks(domain)).isEmpty();
        assertThat(host.store.dump("/libxl/" + domain.domid + "/device/vusb/0/port"))
                .isEmpty();
    }

    /** What a guest that somebody suspends looks like. */
    void suspend(FakeDomain domain) {
        host.store.put("/local/domain/" + domain.domid + "/control/shutdown", "suspend");
    }

    void assertIsLeftAlone(BackendException failure) {
        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(host.xl.log()).isEmpty();
    }

    static BackendException failure(Runnable call) {
        return catchThrowableOfType(BackendException.class, call::run);
    }

    /** What others left over: a port and an object of a device that is gone. */
    UsbDevice leaveOver(FakeDomain domain) {
        UsbDevice gone = host.sysfs.plug(Gadget.keyboard());
        assertThat(attachByHand(domain, gone, 1).succeeded()).isTrue();
        host.sysfs.unplug(gone.path());
        return gone;
    }
}
