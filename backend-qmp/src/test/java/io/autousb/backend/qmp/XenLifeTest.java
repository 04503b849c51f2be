package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.DeviceModelProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenLifeTest {

    @TempDir
    private Path root;

    @Test
    void aLife_isTheDomainsAndEndsWithItsDeviceModel() throws IOException {
        try (MemoryXenstore store = new MemoryXenstore()) {
            XenGuest guest = FakeGuests.hvm(store, 7, "windows");
            Path process = root.resolve("proc/" + guest.deviceModel().pid().orElseThrow());
            Files.createDirectories(process);
            Files.createDirectory(root.resolve("proc/self"));
            GuestLife life = new XenLife(guest, new DeviceModelProcess(root));
            assertThat(life.text()).isEqualTo(guest.instance());
            assertThat(life.isRoot()).isTrue();
            assertThat(life.isAlive()).isTrue();
            assertThat(life.isRunning()).isTrue();

            Files.delete(process);

            assertThat(life.isAlive()).isFalse();
            assertThat(life.isRunning()).isFalse();
        }
    }
}
