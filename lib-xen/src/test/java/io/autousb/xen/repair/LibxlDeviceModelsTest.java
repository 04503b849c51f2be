package io.autousb.xen.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.Flock;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.LibxlMonitor;
import io.autousb.xen.repair.UsbObject.Controller;
import io.autousb.xen.repair.UsbObject.HostDevice;
import io.autousb.xen.vusb.VusbPortId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LibxlDeviceModelsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String LIST =
            "{\"execute\": \"qom-list\", \"arguments\": {\"path\": \"/machine/peripheral\"}}";
    private static final String DELETE = "{\"execute\": \"device_del\", \"arguments\": {\"id\": \"xenusb-2-3\"}}";
    private static final String CONTROLLER_ONLY = "[{\"name\": \"xenusb-0\", \"type\": \"child<nec-usb-xhci>\"}]";

    @TempDir
    private Path root;

    private final MemoryXenstore store = new MemoryXenstore();
    private final XenGuest guest = FakeGuests.hvm(store, 2, "windows");
    private Path lock = Path.of("/");
    private FakeMonitor monitor;

    @BeforeEach
    void start() throws IOException {
        lock = Files.createDirectories(root.resolve("var/lib/xen"))
                .resolve("userdata-l.2." + guest.uuid() + ".qmp-socket-lock");
        monitor = new FakeMonitor(
                Files.createDirectories(root.resolve("run/xen")).resolve("qmp-libxl-2"), "xenfv-with-device");
    }

    @AfterEach
    void close() {
        monitor.close();
        store.close();
    }

    private DeviceModels.Session open() {
        return new LibxlDeviceModels(new LibxlMonitor(store, root), root).open(guest, Deadline.after(LONG));
    }

    private List<UsbObject> objects() {
        try (DeviceModels.Session session = open()) {
            return session.objects(Deadline.after(LONG));
        }
    }

    private void answerProperty(String property, String value) throws IOException {
        monitor.answer(
                "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/xenusb-2-3\","
                        + " \"property\": \"" + property + "\"}}",
                value);
    }

    private Optional<DeviceAddress> address() {
        return objects().stream()
                .filter(HostDevice.class::isInstance)
                .map(HostDevice.class::cast)
                .findFirst()
                .orElseThrow()
                .address();
    }

    private BackendException failureOfDelete() {
        try (DeviceModels.Session session = open()) {
            return catchThrowableOfType(
                    BackendException.class, () -> session.delete("xenusb-2-3", Deadline.after(Duration.ofMillis(100))));
        }
    }

    @Test
    void objects_ofARecordedGuest_areItsControllerAndItsDevice() {
        assertThat(objects())
                .containsExactlyInAnyOrder(
                        new Controller(0),
                        new HostDevice(
                                "xenusb-2-3", Optional.of(new VusbPortId(0, 1)), Optional.of(new DeviceAddress(2, 3))));
    }

    @Test
    void objects_byNode_haveItsAddress() throws IOException {
        answerProperty("hostdevice", "\"/dev/bus/usb/002/028\"");

        assertThat(address()).contains(new DeviceAddress(2, 28));
    }

    @ParameterizedTest
    @CsvSource({
        "hostdevice,'\"/dev/fdset/1\"'",
        "hostdevice,'\"/dev/bus/usb/000/001\"'",
        "hostport,'\"1.2\"'",
        "vendorid,1133",
        "productid,1",
        "hostbus,0",
        "hostaddr,0",
        "hostaddr,128"
    })
    void objects_thatNameNoSingleDevice_haveNoAddress(String property, String value) throws IOException {
        answerProperty(property, value);

        assertThat(address()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"port,'\"1.2\"'", "port,'\"\"'", "parent_bus,'\"/machine/peripheral/usb/usb.0\"'", "port,'\"1000\"'"})
    void objects_onNoPortOfLibxls_haveNone(String property, String value) throws IOException {
        answerProperty(property, value);

        assertThat(((HostDevice) objects().get(0)).port()).isEmpty();
    }

    @Test
    void objects_whenQemuListsNothingSensible_fails() throws IOException {
        monitor.answer(LIST, "{}");

        assertThat(catchThrowableOfType(BackendException.class, this::objects).code())
                .isEqualTo(BackendException.PROTOCOL);
    }

    @Test
    void objects_whenQemuRefuses_fails() throws IOException {
        monitor.refuse(LIST, "GenericError", "no\\u001b");

        BackendException why = catchThrowableOfType(BackendException.class, this::objects);

        assertThat(why.code()).isEqualTo(BackendException.REFUSED);
        assertThat(why.getMessage()).contains("no\\x1b");
    }

    @Test
    void delete_returnsWhenItIsGone() throws IOException {
        monitor.answer(DELETE, "{}");
        monitor.answer(LIST, CONTROLLER_ONLY);
        try (DeviceModels.Session session = open()) {
            session.delete("xenusb-2-3", Deadline.after(LONG));
        }

        assertThat(monitor.log).containsSubsequence("device_del {\"id\":\"xenusb-2-3\"}");
    }

    @Test
    void delete_ofWhatIsGoneAlready_isASuccess() throws IOException {
        monitor.refuse(DELETE, "DeviceNotFound", "Device 'xenusb-2-3' not found");
        monitor.answer(LIST, CONTROLLER_ONLY);

        assertThat(failureOfDelete()).isNull();
    }

    @Test
    void delete_ofWhatIsBeingDeleted_waitsForThat() throws IOException {
        monitor.refuse(DELETE, "GenericError", "Device xenusb-2-3 is already in the process of unplug");
        monitor.answer(LIST, CONTROLLER_ONLY);

        assertThat(failureOfDelete()).isNull();
    }

    @Test
    void delete_ofWhatStays_failsWithAnUnknownOutcome() throws IOException {
        monitor.answer(DELETE, "{}");

        BackendException why = failureOfDelete();

        assertThat(why.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(why.outcomeUnknown()).isTrue();
    }

    @Test
    void delete_thatIsRefused_fails() throws IOException {
        monitor.refuse(DELETE, "GenericError", "not while migrating");

        assertThat(failureOfDelete().code()).isEqualTo(BackendException.REFUSED);
    }

    @Test
    void open_holdsLibxlsLockUntilItIsClosed() throws IOException {
        DeviceModels.Session session = open();

        assertThat(Flock.tryLock(lock)).isEmpty();
        session.close();
        assertThat(lock).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"self,guest-gone", "362,io", "'',io"})
    void open_whenNobodyListens_saysWhetherQemuHasEnded(String seen, String code) throws IOException {
        Files.createDirectories(root.resolve("proc").resolve(seen));
        if (seen.equals("362")) {
            Files.createDirectories(root.resolve("proc/self"));
        }
        monitor.close();

        assertThat(catchThrowableOfType(BackendException.class, this::open).code())
                .isEqualTo(code);
        assertThat(lock).doesNotExist();
    }

    @Test
    void open_whileAnotherClientHasTheMonitor_isBusyAndReleasesTheLock() throws IOException {
        try (SocketChannel other =
                SocketChannel.open(UnixDomainSocketAddress.of(root.resolve("run/xen/qmp-libxl-2")))) {
            assertThat(other.isConnected()).isTrue();
            LibxlDeviceModels models = new LibxlDeviceModels(new LibxlMonitor(store, root), root);

            BackendException why = catchThrowableOfType(
                    BackendException.class, () -> models.open(guest, Deadline.after(Duration.ofMillis(200))));

            assertThat(why.code()).isEqualTo(BackendException.BUSY);
            assertThat(lock).doesNotExist();
        }
    }
}
