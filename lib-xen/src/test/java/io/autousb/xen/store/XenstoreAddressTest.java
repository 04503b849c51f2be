package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class XenstoreAddressTest {

    @TempDir
    private Path root;

    @Test
    void find_withoutEnvironment_looksWhereXenDoes() {
        assertThat(XenstoreAddress.find(Path.of("/"), Map.of()).candidates())
                .containsExactly(
                        Path.of("/var/run/xenstored/socket"), Path.of("/dev/xen/xenbus"), Path.of("/proc/xen/xenbus"));
    }

    @Test
    void find_withRunFolder_looksForTheSocketThere() {
        assertThat(XenstoreAddress.find(root, Map.of("XENSTORED_RUNDIR", "/run/x"))
                        .candidates())
                .containsExactly(
                        Path.of("/run/x/socket"), root.resolve("dev/xen/xenbus"), root.resolve("proc/xen/xenbus"));
    }

    @Test
    void find_withPath_looksNowhereElse() {
        Map<String, String> both = Map.of("XENSTORED_PATH", "/x/y", "XENSTORED_RUNDIR", "/run/x");
        assertThat(XenstoreAddress.find(root, both).candidates()).containsExactly(Path.of("/x/y"));
    }

    @Test
    void exists_whenThereIsOne_isTrue() throws Exception {
        XenstoreAddress address = XenstoreAddress.find(root, Map.of());
        assertThat(address.exists()).isFalse();
        makeFile("proc/xen/xenbus");
        assertThat(address.exists()).isTrue();
    }

    @Test
    void connect_whenThereIsASocket_usesIt() throws Exception {
        pipe("dev/xen/xenbus");
        try (FakeXenstored fake = new FakeXenstored(root, Manners.C);
                Wire wire = connect(fake.address())) {
            assertThat(wire).isInstanceOf(SocketWire.class);
        }
    }

    @Test
    void connect_whenThereIsADeviceOnly_usesIt() throws Exception {
        pipe("dev/xen/xenbus");
        try (Wire wire = connect(XenstoreAddress.find(root, Map.of()))) {
            assertThat(wire).isInstanceOf(DeviceWire.class);
        }
    }

    @Test
    void connect_whenNobodyListensAtTheSocket_usesTheDevice() throws Exception {
        try (FakeXenstored fake = new FakeXenstored(root, Manners.C)) {
            Path stale = root.resolve("stale");
            Files.move(fake.socket(), stale);
            fake.stop();
            Files.move(stale, fake.socket());
            XenstoreAddress address = fake.address();
            assertThatThrownBy(() -> connect(address)).isInstanceOf(ConnectException.class);
            pipe("proc/xen/xenbus");
            try (Wire wire = connect(address)) {
                assertThat(wire).isInstanceOf(DeviceWire.class);
            }
            Files.delete(fake.socket());
        }
    }

    @Test
    void connect_whenThePathNamesADevice_usesIt() throws Exception {
        Path device = pipe("some/device");
        try (Wire wire = connect(XenstoreAddress.find(root, Map.of("XENSTORED_PATH", device.toString())))) {
            assertThat(wire).isInstanceOf(DeviceWire.class);
        }
    }

    @Test
    void connect_whenThereIsNothing_saysSo() {
        assertThatThrownBy(() -> connect(XenstoreAddress.find(root, Map.of()))).isInstanceOf(NoSuchFileException.class);
    }

    /** The later candidate is there, and says more than that the earlier one is not. */
    @Test
    void connect_whenOneIsThereButBroken_failsForThatOne() throws Exception {
        Files.createDirectories(root.resolve("dev/xen/xenbus"));
        assertThatThrownBy(() -> connect(XenstoreAddress.find(root, Map.of())))
                .isNotInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("directory")
                .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
    }

    @Test
    void of_whenThereAreNoPlaces_fails() {
        assertThatThrownBy(() -> new XenstoreAddress(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toString_whenAPathIsHostile_isPrintable() {
        assertThat(new XenstoreAddress(List.of(Path.of("/a\u001b[31m\n"))).toString())
                .matches("[ -~]+");
    }

    private static Wire connect(XenstoreAddress address) throws IOException {
        return address.connect(Deadline.after(Duration.ofSeconds(30)));
    }

    private void makeFile(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    private Path pipe(String name) throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        return file;
    }
}
