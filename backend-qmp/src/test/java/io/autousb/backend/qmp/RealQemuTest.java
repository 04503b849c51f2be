package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The adapter with the QEMU that is installed here, if one is. There is no USB bus, so no host device either. */
@Timeout(120)
class RealQemuTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    private Path socket;
    private QmpHypervisor hypervisor;
    private final AtomicInteger hints = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
        socket = root.resolve("g.sock");
        hypervisor = new QmpHypervisor(root, Duration.ofSeconds(2));
        hypervisor.configure(List.of(new GuestSpec("g", Map.of("qmp-socket", socket.toString()))));
        hypervisor.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                hints.incrementAndGet();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {
                hints.incrementAndGet();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        hypervisor.close();
        // JUnit warns of links that lead elsewhere.
        Files.delete(root.resolve("proc"));
        Files.deleteIfExists(root.resolve(root.toString().substring(1)));
    }

    @Test
    void inspect_whenQ35WithManyDevices_showsControllersAndPorts() throws Exception {
        String all = "-M q35 -device qemu-xhci,id=xhci,p2=2,p3=4 -device usb-kbd,bus=xhci.0,port=1"
                + " -device usb-hub,bus=xhci.0,port=2,id=hub -device usb-mouse,bus=xhci.0,port=2.3,id=m"
                + " -device ich9-usb-ehci1,id=e,multifunction=on,addr=1d.7"
                + " -device ich9-usb-uhci1,masterbus=e.0,firstport=0,multifunction=on,addr=1d.0"
                + " -device usb-tablet,bus=e.0"
                + " -device usb-host,hostbus=1,hostport=2.1,bus=xhci.0,port=4"
                + " -device usb-host,vendorid=0x1234,bus=e.0,id=byhand";
        try (RealQemu qemu = RealQemu.start(socket, all.split(" "))) {
            assertThat(qemu).isNotNull();
            GuestInspection seen = hypervisor.inspect(guest(GuestState.PRELAUNCH), LONG);
            assertThat(seen.controllers()).extracting(GuestController::id).containsExactlyInAnyOrder("xhci.0", "e.0");
            assertThat(freePorts(seen, "xhci.0")).containsExactly(3);
            assertThat(freePorts(seen, "e.0")).containsExactly(3, 4, 5, 6);
            assertThat(port(seen, "e.0", 1).speeds()).contains(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH);
            assertThat(port(seen, "e.0", 3).speeds()).containsExactly(UsbSpeed.HIGH);
            assertThat(seen.attachments()).hasSize(2).allMatch(Attachment::rematches);
            assertThat(seen.attachments())
                    .anySatisfy(each -> {
                        assertThat(each.handle()).startsWith("/machine/peripheral-anon/device[");
                        assertThat(each.path()).contains(PortPath.parse("1-2.1"));
                        assertThat(each.port().map(GuestPort::number)).contains(4);
                    })
                    .anySatisfy(each -> {
                        assertThat(each.handle()).isEqualTo("byhand");
                        assertThat(each.connected()).isFalse();
                        assertThat(each.ours()).isFalse();
                    });
        }
    }

    @Test
    void inspect_whenControllersAreOnboard_showsThem() throws Exception {
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc", "-usb")) {
            assertThat(qemu).isNotNull();
            GuestInspection seen = hypervisor.inspect(guest(GuestState.PRELAUNCH), LONG);
            assertThat(seen.controllers()).hasSize(1);
            assertThat(seen.controllers().get(0).usbVersion()).isEqualTo(1);
            assertThat(seen.controllers().get(0).ports()).hasSize(2).allMatch(GuestPort::free);
        }
    }

    @Test
    void addController_whenQ35HasOneFreeRootPort_usesItOnce() throws Exception {
        String all = "-M q35 -device pcie-root-port,id=rp0,chassis=1 -device pcie-root-port,id=rp1,chassis=2"
                + " -device qemu-xhci,bus=rp0";
        try (RealQemu qemu = RealQemu.start(socket, all.split(" "))) {
            Guest guest = guest(GuestState.PRELAUNCH);
            addController(guest, 3);
            GuestInspection seen = hypervisor.inspect(guest, LONG);
            assertThat(seen.controllers()).extracting(GuestController::id).contains("autousb-xhci-0.0");
            assertThat(freePorts(seen, "autousb-xhci-0.0")).hasSize(15);
            assertThat(qemu.execute(QmpCommand.query("qom-get")
                                    .with("path", "/machine/peripheral/autousb-xhci-0")
                                    .with("property", "parent_bus"))
                            .asText())
                    .isEqualTo("/machine/peripheral/rp1/rp1");
            assertNoRoom(guest);
            assertThat(hypervisor.inspect(guest, LONG)).isEqualTo(seen);
        }
    }

    @Test
    void addController_whenQ35HasNoRootPort_saysNoRoomWithTheLineToAdd() throws Exception {
        try (RealQemu qemu = RealQemu.start(socket, "-M", "q35")) {
            assertThat(qemu).isNotNull();
            assertNoRoom(guest(GuestState.PRELAUNCH));
        }
    }

    private void assertNoRoom(Guest guest) {
        BackendException failure = catchThrowableOfType(BackendException.class, () -> addController(guest, 3));
        assertThat(failure.code()).isEqualTo(BackendException.NO_ROOM);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.remedy()).contains("-device qemu-xhci,id=usb,p2=15,p3=15", "-device pcie-root-port");
    }

    @Test
    void addController_whenPc_addsOneAfterTheOther() throws Exception {
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc")) {
            assertThat(qemu).isNotNull();
            Guest guest = guest(GuestState.PRELAUNCH);
            addController(guest, 3);
            addController(guest, 2);
            assertThat(hypervisor.inspect(guest, LONG).controllers())
                    .extracting(GuestController::usbVersion)
                    .containsExactlyInAnyOrder(3, 2);
            assertThat(catchThrowableOfType(BackendException.class, () -> addController(guest, 1))
                            .remedy())
                    .contains("-device piix3-usb-uhci");
        }
    }

    @Test
    void detach_whenNamedOrAnonymous_waitsUntilItIsGone() throws Exception {
        String all = "-M pc -device qemu-xhci,id=xhci -device usb-kbd,id=k -device usb-mouse,port=3";
        try (RealQemu qemu = RealQemu.start(socket, all.split(" "))) {
            assertThat(qemu).isNotNull();
            Guest guest = guest(GuestState.PRELAUNCH);
            assertThat(freePorts(hypervisor.inspect(guest, LONG), "xhci.0")).containsExactly(2, 4);
            String path = "/machine/peripheral-anon/device[0]";
            for (String handle : List.of("k", path, "k", path)) {
                Attachment attachment = Attachment.builder(guest.id(), handle).build();
                hypervisor.detach(new DetachRequest(guest, attachment, true, LONG));
            }
            assertThat(freePorts(hypervisor.inspect(guest, LONG), "xhci.0")).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void attach_whenRefused_saysWhy() throws Exception {
        String all = "-M pc -device qemu-xhci,id=xhci -device usb-kbd,id=k,port=1";
        try (RealQemu qemu = RealQemu.start(socket, all.split(" "))) {
            assertThat(qemu).isNotNull();
            Guest guest = guest(GuestState.PRELAUNCH);
            assertThat(attachFailure(guest, 1).code()).isEqualTo(BackendException.DEVICE_GONE);
            Path folder = Files.createDirectories(root.resolve("sys/bus/usb/devices/1-2"));
            Files.writeString(folder.resolve("busnum"), "1\n");
            Files.writeString(folder.resolve("devnum"), "9\n");
            assertThat(attachFailure(guest, 1).code()).isEqualTo(BackendException.PORT_BUSY);
            assertThat(attachFailure(guest, 2).getMessage()).contains("/dev/bus/usb/001/009");
            Files.writeString(folder.resolve("devnum"), "10\n");
            assertThat(attachFailure(guest, 2).code()).isEqualTo(BackendException.DEVICE_GONE);
        }
    }

    @Test
    void prepare_always_letsQemuReadWhatIsThenExecutedOrNot() throws Exception {
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc", "-device", "qemu-xhci,id=xhci")) {
            assertThat(qemu).isNotNull();
            Guest guest = guest(GuestState.PRELAUNCH);
            Path folder = Files.createDirectories(root.resolve("sys/bus/usb/devices/1-2"));
            Files.writeString(folder.resolve("devnum"), "9\n");
            hypervisor.prepare(guest, List.of(attachRequest(guest, 1)));
            assertThat(attachFailure(guest, 1).getMessage()).contains("/dev/bus/usb/001/009");
            hypervisor.prepare(guest, List.of(attachRequest(guest, 2)));
            assertThat(hypervisor.inspect(guest, LONG).attachments()).isEmpty();
            hypervisor.prepare(guest, List.of(attachRequest(guest, 2)));
            hypervisor.prepare(guest, List.of());
            assertThat(hypervisor.inspect(guest, LONG).attachments()).isEmpty();
            hypervisor.prepare(guest, List.of(attachRequest(guest, 2)));
            assertThat(attachFailure(guest, 1).getMessage()).contains("/dev/bus/usb/001/009");
        }
    }

    private BackendException attachFailure(Guest guest, int port) {
        return catchThrowableOfType(BackendException.class, () -> hypervisor.attach(attachRequest(guest, port)));
    }

    private static AttachRequest attachRequest(Guest guest, int port) {
        DeviceAddress address = new DeviceAddress(1, 9);
        PortPath path = PortPath.parse("1-2");
        UsbDevice device = UsbDevice.builder(
                        path, address, Generation.of("x", address, 1, "b"), UsbId.parse("046d:c31c"))
                .build();
        GuestPort to = new GuestPort("xhci.0", port, java.util.Set.of(UsbSpeed.FULL), true);
        return new AttachRequest(guest, device, to, LONG);
    }

    @Test
    void guests_whenStoppedAndContinued_followsTheState() throws Exception {
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc")) {
            guest(GuestState.PRELAUNCH);
            int before = hints.get();
            qemu.execute(QmpCommand.change("cont"));
            guest(GuestState.RUNNING);
            qemu.execute(QmpCommand.change("stop"));
            guest(GuestState.PAUSED);
            assertThat(hints.get()).isGreaterThan(before);
        }
    }

    @Test
    void guests_whenQemuQuitsAndIsStartedAnew_isAnotherInstance() throws Exception {
        Guest first;
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc")) {
            first = guest(GuestState.PRELAUNCH);
            qemu.execute(QmpCommand.change("quit"));
            Awaitility.await().atMost(LONG).until(() -> find().isEmpty());
            assertThat(catchThrowableOfType(BackendException.class, () -> hypervisor.inspect(first, LONG))
                            .code())
                    .isEqualTo(BackendException.GUEST_GONE);
        }
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc")) {
            Guest second = guest(GuestState.PRELAUNCH);
            assertThat(second.id()).isEqualTo(first.id());
            assertThat(second.instance()).isNotEqualTo(first.instance());
            qemu.kill();
            Awaitility.await().atMost(LONG).until(() -> find().isEmpty());
        }
    }

    @Test
    void guests_whenMonitorIsBusy_isUnknownWithReasonUntilItIsFree() throws Exception {
        hypervisor.close();
        try (RealQemu qemu = RealQemu.start(socket, "-M", "pc");
                UnixSocketConnection other = UnixSocketConnection.connect(socket, LONG)) {
            assertThat(qemu).isNotNull();
            assertThat(other.read(java.nio.ByteBuffer.allocate(10), LONG)).isPositive();
            hypervisor = new QmpHypervisor(root, Duration.ofMillis(100));
            hypervisor.configure(List.of(new GuestSpec("g", Map.of("qmp-socket", socket.toString()))));
            Guest guest = guest(GuestState.UNKNOWN);
            BackendException failure =
                    catchThrowableOfType(BackendException.class, () -> hypervisor.inspect(guest, LONG));
            assertThat(failure.code()).isEqualTo(BackendException.BUSY);
            assertThat(failure.getMessage()).contains("another client", socket.toString());
            other.close();
            assertThat(guest(GuestState.PRELAUNCH).instance()).isEqualTo(guest.instance());
        }
    }

    @Test
    void guests_whenFoundByName_triesTheNextMonitorIfOneIsBusy() throws Exception {
        Path name = root.resolve("n.sock");
        try (RealQemu qemu = RealQemu.start(name, "-M", "pc", "-name", "guest=by,,name,debug-threads=on");
                UnixSocketConnection other = UnixSocketConnection.connect(name, LONG)) {
            assertThat(qemu).isNotNull();
            assertThat(other.read(java.nio.ByteBuffer.allocate(10), LONG)).isPositive();
            // The sockets are looked for below the root folder.
            Files.createDirectories(root.resolve(root.toString().substring(1)).getParent());
            Files.createSymbolicLink(root.resolve(root.toString().substring(1)), root);
            hypervisor.configure(List.of(new GuestSpec("by,name", Map.of())));
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> find().filter(each -> each.state() == GuestState.PRELAUNCH)
                            .isPresent());
            assertThat(find().orElseThrow().id().key()).endsWith("n.sock");
        }
    }

    @Test
    void guests_whenFoundByNameWithoutMonitor_isUnknownWithRemedy() throws Exception {
        List<String> command = List.of(
                "qemu-system-x86_64",
                "-accel",
                "tcg",
                "-m",
                "64",
                "-display",
                "none",
                "-nodefaults",
                "-S",
                "-name",
                "mute-autousb-test");
        try (RealQemu probe = RealQemu.start(root.resolve("p.sock"), "-M", "pc")) {
            assertThat(probe).isNotNull();
            Process mute = new ProcessBuilder(command).start();
            try {
                hypervisor.configure(List.of(new GuestSpec("mute-autousb-test", Map.of())));
                Guest guest = guest(GuestState.UNKNOWN);
                BackendException failure =
                        catchThrowableOfType(BackendException.class, () -> hypervisor.inspect(guest, LONG));
                assertThat(failure.remedy()).contains("-qmp unix:");
            } finally {
                mute.destroyForcibly();
                mute.waitFor();
            }
            Awaitility.await().atMost(LONG).until(() -> find().isEmpty());
        }
    }

    private void addController(Guest guest, int version) {
        hypervisor.addController(new AddControllerRequest(guest, version, LONG));
    }

    private Optional<Guest> find() {
        return hypervisor.guests(LONG).stream().findFirst();
    }

    private Guest guest(GuestState state) {
        Awaitility.await()
                .atMost(LONG)
                .until(() -> find().filter(each -> each.state() == state).isPresent());
        return find().orElseThrow();
    }

    private static List<Integer> freePorts(GuestInspection seen, String controller) {
        return ports(seen, controller).stream()
                .filter(GuestPort::free)
                .map(GuestPort::number)
                .toList();
    }

    private static GuestPort port(GuestInspection seen, String controller, int number) {
        return ports(seen, controller).get(number - 1);
    }

    private static List<GuestPort> ports(GuestInspection seen, String controller) {
        return seen.controllers().stream()
                .filter(each -> each.id().equals(controller))
                .findFirst()
                .orElseThrow()
                .ports();
    }
}
