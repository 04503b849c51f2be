package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SysfsReaderTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final PortPath PLACE = PortPath.parse("1-1");
    private static final UsbClass HID = new UsbClass(3, 1, 1);
    private static final UsbClass STORAGE = new UsbClass(8, 6, 0x50);

    @TempDir
    private Path root;

    private FakeSysfs host;
    private SysfsReader reader;
    private final AtomicInteger news = new AtomicInteger();

    @BeforeEach
    void boot() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        reader = new SysfsReader(root, news::incrementAndGet);
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void snapshot_whenDeviceIsPluggedIn_readsIt() {
        FakeGadget gadget = FakeGadget.keyboard()
                .with("serial", "A1")
                .with("removable", "fixed")
                .with("speed", "1.5");
        DeviceAddress address = host.plug(PLACE, gadget);

        UsbDevice device = look().at(PLACE).orElseThrow();

        assertThat(device.address()).isEqualTo(address);
        assertThat(device.id()).isEqualTo(new UsbId(0x046d, 0xc31c));
        assertThat(device.speed()).isEqualTo(UsbSpeed.LOW);
        assertThat(device.removable()).isFalse();
        assertThat(device.manufacturer()).contains(UntrustedText.of("Logitech"));
        assertThat(device.product()).contains(UntrustedText.of("USB Keyboard"));
        assertThat(device.serial()).contains(UntrustedText.of("A1"));
        assertThat(device.interfaces()).containsExactly(new UsbInterface(0, HID, Optional.of("usbhid")));
        assertThat(device.isReady()).isTrue();
        assertThat(device.initialized()).isTrue();
    }

    @Test
    void snapshot_whenNothingChanged_isTheSameObject() {
        host.plug(PLACE, FakeGadget.keyboard());
        HostTopology first = look();
        assertThat(look()).isSameAs(first);
    }

    @Test
    void snapshot_whenMarkedWithoutChange_isEqual() {
        host.plug(PLACE, FakeGadget.keyboard());
        HostTopology first = look();
        reader.markAllDirty();
        assertThat(look()).isEqualTo(first);
    }

    @Test
    void snapshot_whenStringsAreHostile_keepsThemWithoutOneNewline() {
        String evil = "Evil\u001b[31mRED\nSecond, ID: spoof\u202e\n";
        host.plug(PLACE, FakeGadget.keyboard().with("product", evil).with("serial", " S\u0007 "));

        UsbDevice device = look().at(PLACE).orElseThrow();

        assertThat(device.product().orElseThrow().raw()).isEqualTo(evil);
        assertThat(device.serial().orElseThrow().raw()).isEqualTo(" S\u0007 ");
        assertThat(device.toString()).isPrintable().isASCII();
    }

    @Test
    void snapshot_whenStringIsTooLong_cutsIt() {
        host.plug(PLACE, FakeGadget.keyboard().with("product", "x".repeat(100_000)));
        assertThat(look().at(PLACE).orElseThrow().product().orElseThrow().raw()).isEqualTo("x".repeat(512));
    }

    @Test
    void snapshot_whenNamesAreNoPlaces_leavesThemOut() throws IOException {
        Path target = Path.of("../../../devices/pci0000:00/0000:00:14.0/usb1");
        for (String name : List.of("..1", "usb64", "1-0", "1-01", "0-1", "1-1.2.3.4.5.6.7", "usb1x", "1-1\n")) {
            Files.createSymbolicLink(root.resolve("sys/bus/usb/devices").resolve(name), target);
        }
        HostTopology topology = look();
        assertThat(topology.hubs()).extracting(Hub::path).containsExactly(PortPath.rootHub(1));
        assertThat(topology.devices()).isEmpty();
    }

    @Test
    void snapshot_whenLinkLeavesSysfs_leavesItOut() throws IOException {
        host.plug(PLACE, FakeGadget.keyboard());
        Path elsewhere = root.resolve("elsewhere/1-2");
        Files.createDirectories(elsewhere.getParent());
        Files.move(root.resolve("sys/devices/pci0000:00/0000:00:14.0/usb1/1-1"), elsewhere);
        Path links = root.resolve("sys/bus/usb/devices");
        Files.createSymbolicLink(links.resolve("1-2"), Path.of("../../../devices/../../elsewhere/1-2"));
        Files.createSymbolicLink(links.resolve("1-3"), elsewhere);
        assertThat(look().devices()).isEmpty();
    }

    @Test
    void snapshot_whenAttributesAreNonsense_leavesTheDeviceOut() {
        host.plug(PLACE, FakeGadget.keyboard().with("idVendor", "zzzz"));
        host.plug(PortPath.parse("1-2"), FakeGadget.keyboard().with("bDeviceClass", "fff"));
        host.plug(
                PortPath.parse("1-3"),
                FakeGadget.keyboard().with("speed", "fast").with("removable", "?"));

        assertThat(look().devices()).singleElement().satisfies(device -> {
            assertThat(device.path()).isEqualTo(PortPath.parse("1-3"));
            assertThat(device.speed()).isEqualTo(UsbSpeed.UNKNOWN);
            assertThat(device.removable()).isTrue();
        });
    }

    @Test
    void snapshot_whenUnplugged_lacksTheDevice() {
        host.plug(PLACE, FakeGadget.keyboard());
        look();
        host.unplug(PLACE);
        assertThat(look().at(PLACE)).isEmpty();
    }

    @Test
    void snapshot_whenNotMarked_comesFromMemory() {
        host.plug(PLACE, FakeGadget.keyboard());
        look();
        host.bind(PLACE, 0, "usbfs");
        assertThat(driver(look())).contains("usbhid");
        reader.markDirty("1-1:1.0");
        assertThat(driver(look())).contains("usbfs");
    }

    @Test
    void snapshot_whenSuccessorHasAnotherAddress_isAnotherGeneration() {
        host.plug(PLACE, FakeGadget.keyboard().with("serial", "old"));
        UsbDevice old = look().at(PLACE).orElseThrow();
        host.unplug(PLACE);
        host.plug(PLACE, FakeGadget.keyboard().with("serial", "new"));
        reader.markDirty("1-1");

        UsbDevice successor = look().at(PLACE).orElseThrow();

        assertThat(successor.generation()).isNotEqualTo(old.generation());
        // Its strings are not waited for: the old one is gone, and that comes first.
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(look().at(PLACE).orElseThrow().serial()).contains(UntrustedText.of("new")));
    }

    @Test
    void snapshot_whenSuccessorHasTheSameAddress_isAnotherGeneration() {
        host.plug(PLACE, FakeGadget.keyboard());
        UsbDevice old = look().at(PLACE).orElseThrow();
        host.rebind(PLACE);
        reader.markDirty("1-1");

        UsbDevice successor = look().at(PLACE).orElseThrow();

        assertThat(successor.address()).isEqualTo(old.address());
        assertThat(successor.generation()).isNotEqualTo(old.generation());
    }

    @Test
    void snapshot_byAnotherReader_hasTheSameGeneration() {
        host.plug(PLACE, FakeGadget.keyboard());
        try (SysfsReader other = new SysfsReader(root, () -> {})) {
            assertThat(other.snapshot(LONG)).isEqualTo(look());
        }
    }

    @Test
    void snapshot_whenStringsHang_showsTheDeviceWithoutAndTellsLater() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.silence(PLACE, "product");

        UsbDevice silent = look().at(PLACE).orElseThrow();

        assertThat(silent.product()).isEmpty();
        assertThat(silent.isReady()).isTrue();
        assertThat(news).hasValue(0);
        host.answer(PLACE, "product", "at last");
        Awaitility.await().until(() -> news.get() >= 1);
        assertThat(look().at(PLACE).orElseThrow().product()).contains(UntrustedText.of("at last"));
    }

    @Test
    void snapshot_whenStringsHang_waitsOnlyOnce() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.silence(PLACE, "product");
        look();

        long begun = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            reader.markDirty("1-1");
            look();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(12));
        host.answer(PLACE, "product", "");
    }

    @Test
    void snapshot_whenConfigurationHangs_showsTheDeviceAsNotReady() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.silence(PLACE, "bNumInterfaces");
        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();
        host.answer(PLACE, "bNumInterfaces", " 1");
        Awaitility.await().until(() -> news.get() > 0);
        assertThat(look().at(PLACE).orElseThrow().isReady()).isTrue();
    }

    @Test
    void snapshot_whenOneOfTwoInterfacesIsThere_isNotReady() {
        host.arrive(PLACE, twoInterfaces());
        host.replace(PLACE, "bNumInterfaces", " 2");
        host.addInterface(PLACE, 0);
        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();

        host.addInterface(PLACE, 1);
        reader.markDirty("1-1:1.1");
        assertThat(look().at(PLACE).orElseThrow().interfaces())
                .extracting(UsbInterface::usbClass)
                .containsExactly(STORAGE, HID);
    }

    @Test
    void snapshot_whenNotConfigured_isNotReady() {
        host.arrive(PLACE, FakeGadget.keyboard());
        UsbDevice device = look().at(PLACE).orElseThrow();
        assertThat(device.isReady()).isFalse();
        assertThat(device.initialized()).isFalse();
    }

    @Test
    void snapshot_whenAuthorizedLater_isReadyThen() {
        host.arrive(PLACE, FakeGadget.keyboard().with("authorized", "0"));
        assertThat(look().at(PLACE).orElseThrow().authorized()).isFalse();

        host.replace(PLACE, "authorized", "1");
        host.replace(PLACE, "serial", "known now");
        host.configure(PLACE);
        reader.markDirty("1-1");

        assertThat(look().at(PLACE).orElseThrow().isReady()).isTrue();
        Awaitility.await().until(() -> look().at(PLACE).orElseThrow().serial().isPresent());
    }

    @Test
    void snapshot_whenNoUdevRuns_isInitialized() {
        host.withoutUdev();
        host.arrive(PLACE, FakeGadget.keyboard());
        assertThat(look().at(PLACE).orElseThrow().initialized()).isTrue();
    }

    @Test
    void snapshot_whileArriving_isNotReadyAndDoesNotWait() {
        host.plug(PLACE, FakeGadget.keyboard());
        host.silence(PLACE, "product");
        reader.arriving("1-1");

        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();

        host.answer(PLACE, "product", "x");
        reader.settled("1-1");
        assertThat(look().at(PLACE).orElseThrow().isReady()).isTrue();
    }

    /** So that what needs no interfaces can be done ahead. */
    @Test
    void snapshot_onceADeviceArrives_showsItAsNotReady() {
        host.arrive(PLACE, FakeGadget.keyboard());

        reader.arriving("1-1");

        Awaitility.await().until(() -> news.get() == 1);
        UsbDevice device = look().at(PLACE).orElseThrow();
        assertThat(device.isReady()).isFalse();
        assertThat(device.address()).isEqualTo(host.address(PLACE));
    }

    /** What the kernel's lock makes slow does not answer: neither is waited for. */
    @Test
    void snapshot_whenConfigured_isReadyAtOnceAndHasStringsLater() {
        host.arrive(PLACE, FakeGadget.keyboard());
        reader.arriving("1-1");
        host.configure(PLACE);
        Awaitility.await().until(() -> news.get() == 1);
        host.silence(PLACE, "bNumInterfaces");
        host.silence(PLACE, "product");
        reader.configured("1-1", host.address(PLACE).device());

        UsbDevice device = look().at(PLACE).orElseThrow();
        assertThat(device.isReady()).isTrue();
        assertThat(device.product()).isEmpty();
        assertThat(news).hasValue(1);

        host.answer(PLACE, "product", "at last");
        Awaitility.await().until(() -> news.get() > 1);
        assertThat(look().at(PLACE).orElseThrow().product()).contains(UntrustedText.of("at last"));
        host.answer(PLACE, "bNumInterfaces", " 1");
    }

    @Test
    void snapshot_whenConfiguredAfterALookInBetween_isReadyAtOnce() {
        host.arrive(PLACE, FakeGadget.keyboard());
        reader.arriving("1-1");
        host.configure(PLACE);
        host.silence(PLACE, "bNumInterfaces");
        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();

        reader.configured("1-1", host.address(PLACE).device());
        assertThat(look().at(PLACE).orElseThrow().isReady()).isTrue();
        host.answer(PLACE, "bNumInterfaces", " 1");
    }

    /** The place's next device, of which the kernel has only begun to add the interfaces. */
    @Test
    void snapshot_whenAnotherOneWasConfigured_isNotReady() {
        host.plug(PLACE, FakeGadget.keyboard());
        int gone = host.address(PLACE).device();
        host.unplug(PLACE);
        host.arrive(PLACE, twoInterfaces());
        host.replace(PLACE, "bNumInterfaces", " 2");
        host.addInterface(PLACE, 0);
        reader.configured("1-1", gone);
        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();
    }

    /** A second configuration, that no {@code bind} of the device tells of. */
    @Test
    void snapshot_whenOneOfMoreInterfacesComesAfterwards_isNotReady() {
        host.arrive(PLACE, twoInterfaces());
        reader.arriving("1-1");
        host.replace(PLACE, "bNumInterfaces", " 1");
        host.addInterface(PLACE, 0);
        reader.configured("1-1", host.address(PLACE).device());
        assertThat(look().at(PLACE).orElseThrow().isReady()).isTrue();

        host.replace(PLACE, "bNumInterfaces", " 3");
        host.addInterface(PLACE, 1);
        reader.markDirty("1-1:1.1");
        assertThat(look().at(PLACE).orElseThrow().isReady()).isFalse();
    }

    @Test
    void snapshot_whenReadAheadOfOneThatHasGone_showsTheSuccessor() {
        host.arrive(PLACE, FakeGadget.keyboard());
        reader.arriving("1-1");
        host.configure(PLACE);
        host.unplug(PLACE);
        UsbId id = UsbId.parse("0951:1666");
        host.plug(PLACE, FakeGadget.of(id, STORAGE));
        reader.settled("1-1");
        assertThat(look().at(PLACE).orElseThrow().id()).isEqualTo(id);
    }

    @Test
    void snapshot_whenGoneSinceArriving_lacksTheDevice() {
        host.arrive(PLACE, FakeGadget.keyboard());
        reader.arriving("1-1");
        host.unplug(PLACE);
        reader.departed("1-1");
        assertThat(look().at(PLACE)).isEmpty();
        assertThat(reader.isArriving("1-1:1.0")).isFalse();
    }

    @Test
    void snapshot_ofHubs_hasPortsAndPeers() {
        host.rootHub(2, "/devices/pci0000:00/0000:00:14.0", 4);
        host.peers(PortPath.rootHub(1), PortPath.rootHub(2));
        host.plug(PLACE, FakeGadget.hub(2));
        host.plug(PortPath.parse("1-1.2"), FakeGadget.keyboard());

        HostTopology topology = look();

        assertThat(topology.hubAt(PortPath.rootHub(1)).orElseThrow().ports().get(1))
                .isEqualTo(new Port(PortPath.parse("1-2"), Optional.of(PortPath.parse("2-2"))));
        assertThat(topology.hubAt(PLACE).orElseThrow().ports())
                .containsExactly(
                        new Port(PortPath.parse("1-1.1"), Optional.empty()),
                        new Port(PortPath.parse("1-1.2"), Optional.empty()));
        assertThat(topology.devices()).extracting(UsbDevice::path).containsExactly(PortPath.parse("1-1.2"));
    }

    @Test
    void snapshot_ofAHubByInterfaceAlone_hasPorts() {
        FakeGadget keyboardWithHub = FakeGadget.of(
                        new UsbId(1, 2),
                        new UsbClass(0, 0, 0),
                        FakeGadget.bound(0, HID, "usbhid"),
                        FakeGadget.bound(1, new UsbClass(UsbClass.HUB, 0, 0), "hub"))
                .with("maxchild", "3");
        host.plug(PLACE, keyboardWithHub);
        assertThat(look().hubAt(PLACE).orElseThrow().ports()).hasSize(3);
    }

    @Test
    void snapshot_whenAPeerAppears_showsItOnBothSides() {
        look();
        host.rootHub(2, "/devices/pci0000:00/0000:00:14.0", 4);
        host.peers(PortPath.rootHub(1), PortPath.rootHub(2));
        assertThat(look().hubs())
                .allSatisfy(hub -> assertThat(hub.ports())
                        .hasSize(4)
                        .allSatisfy(port -> assertThat(port.peer()).isPresent()));
    }

    @Test
    void snapshot_ofControllers_namesThemAsUdevDoes() {
        host.rootHub(2, "/devices/pci0000:00/0000:00:14.0", 4);
        host.rootHub(3, "/devices/platform/dummy_hcd.0", 1);
        assertThat(look().controllers())
                .containsExactly(
                        new UsbController("pci-0000:00:14.0", List.of(1, 2)),
                        new UsbController("platform-dummy_hcd.0", List.of(3)));
    }

    @Test
    void snapshot_whenThereIsNoUsb_saysSo() {
        host.breakHost();
        assertThatThrownBy(this::look).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.code()).isEqualTo(BackendException.IO);
            assertThat(e.where()).endsWith("/sys/bus/usb/devices");
            assertThat(e.remedy()).isNotEmpty();
        });
    }

    @Test
    void snapshot_afterClose_fails() {
        reader.close();
        reader.close();
        assertThatThrownBy(this::look)
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.code()).isEqualTo(BackendException.CLOSED));
    }

    @Test
    void close_whenWorkersAreIdle_endsThem() {
        host.plug(PLACE, FakeGadget.keyboard());
        look();
        reader.close();
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("autousb-sysfs")));
    }

    @Test
    void detectChanges_whenNothingChanged_isFalse() {
        host.plug(PLACE, FakeGadget.keyboard());
        look();
        assertThat(reader.detectChanges()).isFalse();
    }

    @Test
    void detectChanges_whenSomethingChanged_isTrueUntilSeen() {
        PortPath other = PortPath.parse("1-2");
        host.arrive(PLACE, twoInterfaces());
        look();
        List<Runnable> changes = List.of(
                () -> host.plug(other, FakeGadget.keyboard()),
                () -> host.unplug(other),
                () -> host.configure(PLACE),
                () -> host.initialize(PLACE),
                () -> host.bind(PLACE, 1, "usbfs"),
                () -> host.bind(PLACE, 1, ""),
                () -> host.replace(PLACE, "authorized", "0"),
                () -> host.unconfigure(PLACE),
                () -> host.rebind(PLACE));
        for (Runnable change : changes) {
            HostTopology before = look();
            change.run();
            assertThat(reader.detectChanges()).isTrue();
            assertThat(look()).isNotEqualTo(before);
            assertThat(reader.detectChanges()).isFalse();
        }
    }

    private static FakeGadget twoInterfaces() {
        return FakeGadget.of(
                new UsbId(1, 2),
                new UsbClass(0, 0, 0),
                FakeGadget.bound(0, STORAGE, "usb-storage"),
                FakeGadget.bound(1, HID, "usbhid"));
    }

    private static Optional<String> driver(HostTopology topology) {
        return topology.at(PLACE).orElseThrow().interfaces().get(0).driver();
    }

    private HostTopology look() {
        return reader.snapshot(LONG);
    }
}
