package io.autousb.backend.udev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.FakeGadget;
import io.autousb.linux.FakeSysfs;
import io.autousb.linux.Recordings;
import io.autousb.linux.Uevent.Origin;
import io.autousb.linux.UeventSender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UdevDeviceSourceTest {

    private static final PortPath PLACE = PortPath.parse("1-1");
    private static final String PATH = "/devices/pci0000:00/0000:00:14.0/usb1/1-1";
    private static final String INTERFACE = PATH + "/1-1:1.0";
    private static final Duration RESCAN = Duration.ofSeconds(60);

    @TempDir
    private Path root;

    private final FakeNetlink netlink = new FakeNetlink();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final AtomicInteger hints = new AtomicInteger();
    private FakeSysfs host;
    private UdevDeviceSource source;

    @BeforeEach
    void watch() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        source = new UdevDeviceSource(netlink, root, scheduler, RESCAN);
        source.subscribe(hints::incrementAndGet);
        look();
    }

    @AfterEach
    void close() {
        source.close();
    }

    @Test
    void plug_whenTheKernelIsNotDone_isHintedOnceAsNotReady() {
        host.arrive(PLACE, FakeGadget.keyboard());
        arrives();
        assertThat(device().isReady()).isFalse();
        netlink.tell(Origin.KERNEL, "change", PATH);
        host.configure(PLACE);
        netlink.tell(Origin.KERNEL, "add", INTERFACE);
        netlink.tell(Origin.UDEV, "add", PATH);
        netlink.tell(Origin.KERNEL, "bind", INTERFACE);
        assertThat(hintsSoFar()).isEqualTo(1);
        assertThat(device().isReady()).isFalse();

        netlink.tell(Origin.KERNEL, "bind", PATH);
        assertThat(hintsSoFar()).isEqualTo(2);
        assertThat(device().isReady()).isTrue();
    }

    @Test
    void plug_whenItsStringsComeLater_isHintedSoonWithThem() {
        host.arrive(PLACE, FakeGadget.keyboard());
        host.silence(PLACE, "product");
        arrives();
        host.configure(PLACE);
        netlink.tell(Origin.KERNEL, "bind", PATH);
        assertThat(hintsSoFar()).isEqualTo(2);
        assertThat(device().product()).isEmpty();

        host.answer(PLACE, "product", "USB Keyboard");

        Awaitility.await().until(() -> scheduler.count(UdevDeviceSource.SOON) == 1);
        assertThat(hintsSoFar()).isEqualTo(2);
        scheduler.pass(UdevDeviceSource.SOON);
        assertThat(hints).hasValue(3);
        assertThat(device().product()).isPresent();
    }

    @Test
    void plug_whenTheKernelsBindIsLost_isHintedByUdevs() {
        host.plug(PLACE, FakeGadget.keyboard());
        arrives();
        netlink.tell(Origin.UDEV, "bind", PATH);
        assertThat(hintsSoFar()).isEqualTo(2);
        assertThat(device().isReady()).isTrue();
    }

    @Test
    void plug_whenEveryBindIsLost_isHintedAfterAWhile() {
        host.plug(PLACE, FakeGadget.keyboard());
        arrives();
        scheduler.pass(UdevDeviceSource.SETTLES_WITHIN);
        assertThat(hints).hasValue(2);
        assertThat(device().isReady()).isTrue();
    }

    @Test
    void plug_whenUdevIsDoneLater_isHintedAgain() {
        plugged();
        host.arrive(PortPath.parse("1-2"), FakeGadget.keyboard());
        assertThat(look().at(PortPath.parse("1-2")).orElseThrow().initialized()).isFalse();

        host.initialize(PortPath.parse("1-2"));
        int before = hints.get();
        netlink.tell(Origin.UDEV, "add", "/devices/pci0000:00/0000:00:14.0/usb1/1-2");
        assertThat(hintsSoFar()).isEqualTo(before + 1);
        assertThat(look().at(PortPath.parse("1-2")).orElseThrow().initialized()).isTrue();
    }

    @Test
    void unplug_whenTheKernelTells_isHintedOnceAtOnce() {
        plugged();
        int before = hints.get();
        netlink.tell(Origin.KERNEL, "unbind", INTERFACE);
        netlink.tell(Origin.KERNEL, "remove", INTERFACE);
        netlink.tell(Origin.KERNEL, "unbind", PATH);
        host.unplug(PLACE);
        assertThat(hintsSoFar()).isEqualTo(before);

        netlink.tell(Origin.KERNEL, "remove", PATH);
        assertThat(hintsSoFar()).isEqualTo(before + 1);
        assertThat(look().at(PLACE)).isEmpty();

        netlink.tell(Origin.UDEV, "remove", PATH);
        assertThat(hintsSoFar()).isEqualTo(before + 1);
    }

    @Test
    void unplug_whenOnlyUdevTells_isHintedSoon() {
        plugged();
        int before = hints.get();
        host.unplug(PLACE);
        netlink.tell(Origin.UDEV, "remove", PATH);
        netlink.tell(Origin.UDEV, "unbind", PATH);
        assertThat(hintsSoFar()).isEqualTo(before);
        assertThat(scheduler.count(UdevDeviceSource.SOON)).isEqualTo(1);
        scheduler.pass(UdevDeviceSource.SOON);
        assertThat(hints).hasValue(before + 1);
    }

    @Test
    void remove_whenItComesAfterTheSuccessor_leavesIt() {
        plugged();
        host.unplug(PLACE);
        host.plug(PLACE, FakeGadget.keyboard());
        netlink.tell(Origin.KERNEL, "remove", PATH);
        netlink.tell(Origin.KERNEL, "add", PATH);
        netlink.tell(Origin.KERNEL, "bind", PATH);
        netlink.tell(Origin.UDEV, "remove", PATH);
        hintsSoFar();
        assertThat(device().address()).isEqualTo(host.address(PLACE));
        assertThat(device().isReady()).isTrue();
    }

    @Test
    void bind_ofAnInterface_isSeen() {
        plugged();
        int before = hints.get();
        host.bind(PLACE, 0, "usbfs");
        netlink.tell(Origin.KERNEL, "bind", INTERFACE);
        assertThat(hintsSoFar()).isEqualTo(before + 1);
        assertThat(device().interfaces().get(0).driver()).contains("usbfs");
    }

    @Test
    void event_whenSynthetic_changesNothing() {
        UsbDevice before = plugged();
        netlink.tell(Origin.KERNEL, "add", PATH, "SYNTH_UUID=0");
        netlink.tell(Origin.KERNEL, "remove", PATH, "SYNTH_UUID=0");
        netlink.tell(Origin.UDEV, "add", PATH, "SYNTH_UUID=0");
        hintsSoFar();
        assertThat(device()).isEqualTo(before);
    }

    @Test
    void event_whenForged_isDropped() {
        plugged();
        int before = hints.get();
        netlink.forge(new UeventSender(4711, UeventSender.KERNEL_GROUP, 0), "remove", PATH);
        netlink.forge(new UeventSender(0, UeventSender.KERNEL_GROUP, 1000), "remove", PATH);
        netlink.forge(new UeventSender(0, UeventSender.UDEV_GROUP, 0), "remove", PATH);
        assertThat(hintsSoFar()).isEqualTo(before);
    }

    @Test
    void events_asRecordedOnARealHost_endReady() {
        Path other = root.resolve("real");
        Recordings.unpackSysfs(other);
        try (UdevDeviceSource real = new UdevDeviceSource(netlink, other, scheduler, RESCAN)) {
            AtomicInteger told = new AtomicInteger();
            real.subscribe(told::incrementAndGet);
            HostTopology before = real.snapshot(Duration.ofSeconds(30));
            Recordings.uevents().forEach(recorded -> netlink.send(recorded.message()));
            Awaitility.await().until(() -> netlink.isDrained());
            scheduler.pass(UdevDeviceSource.SOON);
            assertThat(told.get()).isPositive();
            assertThat(real.snapshot(Duration.ofSeconds(30))).isEqualTo(before);
        }
    }

    @Test
    void overflow_whenItHappens_readsEverythingAnew() {
        plugged();
        int before = hints.get();
        host.bind(PLACE, 0, "usbfs");
        netlink.overflow();
        assertThat(hintsSoFar()).isEqualTo(before + 1);
        assertThat(device().interfaces().get(0).driver()).contains("usbfs");
    }

    @Test
    void rescan_whenItsTimeComes_readsEverythingAnew() {
        plugged();
        host.bind(PLACE, 0, "usbfs");
        assertThat(device().interfaces().get(0).driver()).contains("usbhid");
        for (int i = 0; i < 3; i++) {
            assertThat(scheduler.count(RESCAN)).isEqualTo(1);
            scheduler.pass(RESCAN);
        }
        assertThat(device().interfaces().get(0).driver()).contains("usbfs");
    }

    @Test
    void socket_whenItFails_isReplaced() {
        netlink.fail();
        Awaitility.await().until(() -> hints.get() == 1);
        assertThat(netlink.openSockets()).isEqualTo(1);
        host.plug(PLACE, FakeGadget.keyboard());
        netlink.tell(Origin.KERNEL, "bind", PATH);
        assertThat(hintsSoFar()).isEqualTo(2);
    }

    @Test
    void socket_whenOpeningAnotherThrowsAnError_isSaidAndTriedAgain() {
        netlink.refuse(new NoClassDefFoundError("gone"));
        List<LogRecord> said = logging(() -> {
            netlink.fail();
            Awaitility.await().until(() -> hints.get() == 1);
        });
        assertThat(said)
                .extracting(LogRecord::getThrown)
                .filteredOn(NoClassDefFoundError.class::isInstance)
                .hasSize(1);
        assertHears();
    }

    @Test
    void socket_whenReceivingThrowsAnError_isSaidAndReplaced() {
        List<LogRecord> said = logging(() -> {
            netlink.fail(new OutOfMemoryError("just said so"));
            Awaitility.await().until(() -> hints.get() == 1);
        });
        assertThat(said).extracting(LogRecord::getThrown).hasAtLeastOneElementOfType(OutOfMemoryError.class);
        assertHears();
    }

    @Test
    void event_whenHandlingItThrowsAnError_isSaidAndEverythingIsReadAnew() {
        try (UdevDeviceSource other = new UdevDeviceSource(netlink, root, scheduler, RESCAN)) {
            AtomicInteger told = new AtomicInteger();
            other.subscribe(() -> {
                if (told.incrementAndGet() == 1) {
                    throw new StackOverflowError("just said so");
                }
            });
            List<LogRecord> said = logging(() -> {
                netlink.tell(Origin.KERNEL, "bind", PATH);
                Awaitility.await().until(() -> told.get() == 2);
            });
            assertThat(said).extracting(LogRecord::getThrown).hasAtLeastOneElementOfType(StackOverflowError.class);
            netlink.tell(Origin.KERNEL, "bind", PATH);
            Awaitility.await().until(() -> told.get() == 3);
        }
    }

    private void assertHears() {
        int before = hintsSoFar();
        netlink.tell(Origin.KERNEL, "bind", PATH);
        assertThat(hintsSoFar()).isEqualTo(before + 1);
    }

    /** What the receiver's thread logs meanwhile, and not to the console. */
    private static List<LogRecord> logging(Runnable action) {
        Logger logger = Logger.getLogger(UeventReceiver.class.getName());
        List<LogRecord> records = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                records.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(handler);
        }
        return records;
    }

    @Test
    void subscribe_whenNetlinkIsRefused_saysWhyAndWhatToDo() {
        UdevDeviceSource refused = new UdevDeviceSource(
                () -> {
                    throw new IOException("opening a netlink socket: Address family not supported by protocol");
                },
                root,
                scheduler,
                RESCAN);
        assertThatThrownBy(() -> refused.subscribe(() -> {})).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.code()).isEqualTo(BackendException.NO_PERMISSION);
            assertThat(e).hasMessageContaining("Address family not supported").hasMessageContaining("sysfs-poll");
        });
    }

    @Test
    void snapshot_withoutSubscription_isAlwaysFresh() {
        host.plug(PLACE, FakeGadget.keyboard());
        try (UdevDeviceSource alone = new UdevDeviceSource(netlink, root, scheduler, RESCAN)) {
            alone.snapshot(Duration.ofSeconds(30));
            host.bind(PLACE, 0, "usbfs");
            assertThat(alone.snapshot(Duration.ofSeconds(30))
                            .at(PLACE)
                            .orElseThrow()
                            .heldByHost())
                    .isFalse();
        }
    }

    @Test
    void close_whenHintsAreDue_drops() {
        netlink.tell(Origin.KERNEL, "unbind", INTERFACE);
        netlink.tell(Origin.KERNEL, "add", PATH);
        hintsSoFar();
        source.close();
        source.close();
        scheduler.pass(UdevDeviceSource.SOON);
        scheduler.pass(UdevDeviceSource.SETTLES_WITHIN);
        assertThat(scheduler.count(RESCAN)).isZero();
        assertThat(netlink.openSockets()).isZero();
        assertThat(hints).hasValue(0);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("autousb-udev");
    }

    /** The kernel tells of the device, which is read ahead. */
    private void arrives() {
        netlink.tell(Origin.KERNEL, "add", PATH);
        Awaitility.await().until(() -> hintsSoFar() == 1);
    }

    private UsbDevice plugged() {
        host.plug(PLACE, FakeGadget.keyboard());
        netlink.tell(Origin.KERNEL, "bind", PATH);
        hintsSoFar();
        return device();
    }

    private UsbDevice device() {
        return look().at(PLACE).orElseThrow();
    }

    private HostTopology look() {
        return source.snapshot(Duration.ofSeconds(30));
    }

    /** The number of hints once all events have been handled. */
    private int hintsSoFar() {
        Awaitility.await().until(netlink::isDrained);
        return hints.get();
    }
}
