package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.xen.vusb.AttachmentMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the adapter for Xen have in common: a guest in a world of its own, and what is asked of both. */
abstract class XenQmpTests {

    static final Duration TIME = Duration.ofSeconds(10);
    static final Duration SHORT = Duration.ofMillis(500);
    static final String ALPHA = "alpha";

    XenFixture world;
    Hypervisor hypervisor;
    Guest guest;

    @BeforeEach
    void open() throws IOException {
        world = XenFixture.libxl();
    }

    @AfterEach
    void close() {
        if (hypervisor != null) {
            hypervisor.close();
        }
        world.close();
    }

    /** A guest that runs and is known, with the adapter named for it. */
    void run() {
        world.start(ALPHA);
        watch(world.spec(ALPHA));
        guest = only();
    }

    void watch(GuestSpec... specs) {
        hypervisor = world.open();
        hypervisor.configure(List.of(specs));
        hypervisor.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                // The test looks by itself.
            }

            @Override
            public void attachmentsChanged(GuestId changed) {
                // The test looks by itself.
            }
        });
    }

    Guest only() {
        List<Guest> guests = hypervisor.guests(TIME);
        assertThat(guests).hasSize(1);
        return guests.get(0);
    }

    FakeQemu qemu() {
        return world.domain(ALPHA).qemu();
    }

    GuestInspection inspect() {
        return hypervisor.inspect(guest, TIME);
    }

    GuestPort freePort() {
        return inspect().controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(GuestPort::free)
                .findFirst()
                .orElseThrow();
    }

    Attachment attach(UsbDevice device) {
        return attach(device, freePort());
    }

    Attachment attach(UsbDevice device, GuestPort port) {
        return hypervisor.attach(new AttachRequest(guest, device, port, TIME));
    }

    void detach(Attachment attachment, boolean present) {
        hypervisor.detach(new DetachRequest(guest, attachment, present, TIME));
    }

    static BackendException failure(Runnable call) {
        BackendException failure = catchThrowableOfType(BackendException.class, call::run);
        assertThat(failure).as("a failure is expected").isNotNull();
        return failure;
    }

    String mark(int port) {
        return world.xenstored()
                .get(world.domain(ALPHA).libxl() + "/auto-usb-attach/vusb/0/" + port)
                .orElse("");
    }

    Map<String, String> ledger() {
        return new TreeMap<>(world.ledger(ALPHA));
    }

    static String markOf(UsbDevice device) {
        return AttachmentMark.of(device.path(), device.address(), device.generation())
                .toString();
    }

    Path lock() {
        XenFixture.Domain domain = world.domain(ALPHA);
        return world.root()
                .resolve("var/lib/xen/userdata-l." + domain.domid() + "." + domain.uuid() + ".qmp-socket-lock");
    }

    /** The guest refuses while it is waited for. */
    BackendException refusedDetach(Attachment made) {
        qemu().with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        CompletableFuture<BackendException> refused =
                CompletableFuture.supplyAsync(() -> failure(() -> detach(made, true)));
        await().atMost(TIME).until(() -> qemu().commands().stream().anyMatch(line -> line.contains("device_del")));
        qemu().with(machine -> machine.refuseUnplug(made.handle()));
        return refused.join();
    }

    FakeQemu ownMonitor(Path socket) throws IOException {
        return ownMonitor(ProcessHandle.current().pid(), socket);
    }

    /** Another monitor of the guest's device model, which that names in its arguments. */
    FakeQemu ownMonitor(long pid, Path socket) throws IOException {
        String arguments = "qemu-system-i386 -xen-domid " + world.domain(ALPHA).domid()
                + " -chardev socket,id=usb,path=/own.sock,server=on,wait=off -mon chardev=usb,mode=control";
        Files.writeString(world.root().resolve("proc/" + pid + "/cmdline"), arguments.replace(' ', '\0') + "\0");
        return new FakeQemu(
                socket, events -> new FakeMachine(events, world.host().closedNodes(), "nec-usb-xhci", "xenusb-0", 15));
    }
}
