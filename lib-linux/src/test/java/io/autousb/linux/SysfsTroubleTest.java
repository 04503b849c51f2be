package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read that fails is not a device that is gone. */
@Timeout(60)
class SysfsTroubleTest {

    private static final PortPath PLACE = PortPath.parse("1-1");

    @TempDir
    private Path root;

    private final AtomicInteger news = new AtomicInteger();
    private FakeSysfs host;
    private SysfsReader reader;

    @BeforeEach
    void boot() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        host.plug(PLACE, FakeGadget.keyboard().with("authorized", "0").with("serial", "A1"));
        reader = new SysfsReader(root, news::incrementAndGet);
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"devnum", "authorized", "1-1:1.0/modalias"})
    void snapshot_whenAnAttributeCannotBeRead_showsWhatWasKnown(String attribute) {
        HostTopology before = look();
        host.spoil(PLACE, attribute);
        reader.markAllDirty();
        assertThat(look()).isEqualTo(before);
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void snapshot_whenWhatFailedCanBeReadAgain_isHintedAndFresh() {
        look();
        String devnum = Integer.toString(host.address(PLACE).device());
        host.spoil(PLACE, "devnum");
        reader.markAllDirty();
        look();
        host.bind(PLACE, 0, "usbfs");
        host.repair(PLACE, "devnum", devnum);

        Awaitility.await().until(() -> news.get() > 0);

        assertThat(look().at(PLACE).orElseThrow().interfaces().get(0).driver()).contains("usbfs");
    }

    @Test
    void snapshot_whileADeviceIsReset_showsTheSameDevice() {
        HostTopology before = look();
        host.reset(PLACE);
        reader.markAllDirty();
        assertThat(look()).isEqualTo(before);
        assertThat(reader.detectChanges()).isFalse();
    }

    @Test
    void snapshot_whenADeviceIsFirstSeenBeingReset_showsItsAddress() {
        host.reset(PLACE);
        assertThat(look().at(PLACE).orElseThrow().address().device()).isPositive();
    }

    @Test
    void snapshot_whenAnotherAddressIsRead_dropsTheOldDevice() {
        look();
        DeviceAddress address = host.address(PLACE);
        host.replace(PLACE, "devnum", Integer.toString(address.device() + 1));
        host.spoil(PLACE, "idVendor");
        reader.markAllDirty();
        assertThat(look().at(PLACE)).isEmpty();
    }

    @Test
    void snapshot_whenTheSuccessorCannotBeRead_dropsTheOldDeviceAndShowsTheOtherLater() {
        look();
        host.rebind(PLACE);
        host.spoil(PLACE, "idVendor");
        reader.markAllDirty();
        assertThat(look().at(PLACE)).isEmpty();

        host.repair(PLACE, "idVendor", "046d");
        Awaitility.await().until(() -> news.get() > 0);
        assertThat(look().at(PLACE)).isPresent();
    }

    @Test
    void snapshot_whenUnpluggedAfterTrouble_lacksTheDevice() {
        look();
        host.spoil(PLACE, "authorized");
        reader.markAllDirty();
        look();
        host.unplug(PLACE);
        assertThat(look().at(PLACE)).isEmpty();
    }

    @Test
    void snapshot_whenAStringCannotBeRead_tellsItLater() {
        host.spoil(PLACE, "serial");
        assertThat(look().at(PLACE).orElseThrow().serial()).isEmpty();
        host.repair(PLACE, "serial", "A1");
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(look().at(PLACE).orElseThrow().serial()).contains(UntrustedText.of("A1")));
    }

    @Test
    void snapshot_whenThePortsOfAHubCannotBeRead_showsWhatWasKnown() {
        HostTopology before = look();
        host.spoil(PortPath.rootHub(1), "maxchild");
        reader.markAllDirty();
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void snapshot_whenTheBootCannotBeTold_showsTheSameGenerationLater() throws IOException {
        HostTopology before = look();
        Path bootId = root.resolve("proc/sys/kernel/random/boot_id");
        String id = Files.readString(bootId);
        Files.delete(bootId);
        Files.createDirectory(bootId);
        try (SysfsReader other = new SysfsReader(root, () -> {})) {
            assertThat(other.snapshot(Duration.ofSeconds(30)).devices()).isEmpty();
            Files.delete(bootId);
            Files.writeString(bootId, id);
            assertThat(other.snapshot(Duration.ofSeconds(30))).isEqualTo(before);
        }
    }

    @Test
    void snapshot_whenTheListingFails_saysWhyAndLosesNothing() throws IOException {
        HostTopology before = look();
        Path folder = root.resolve("sys/bus/usb/devices");
        Path aside = root.resolve("aside");
        Files.move(folder, aside);
        Files.writeString(folder, "");
        assertThatThrownBy(this::look).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.code()).isEqualTo(BackendException.IO);
            assertThat(e).hasMessageContaining("cannot list").hasRootCauseInstanceOf(IOException.class);
        });

        Files.delete(folder);
        Files.move(aside, folder);
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void detectChanges_whenAnAttributeCannotBeRead_leavesItToASnapshot() {
        HostTopology before = look();
        host.spoil(PLACE, "devnum");
        assertThat(reader.detectChanges()).isTrue();
        assertThat(look()).isEqualTo(before);
    }

    private HostTopology look() {
        return reader.snapshot(Duration.ofSeconds(30));
    }
}
