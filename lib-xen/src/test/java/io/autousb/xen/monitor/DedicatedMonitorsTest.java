package io.autousb.xen.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.Recorded;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DedicatedMonitorsTest {

    private static final int PID = 382;

    @TempDir
    private Path root;

    private XenGuest guest(int domid) {
        DeviceModel model = new DeviceModel(
                Optional.empty(), Optional.empty(), OptionalInt.of(PID), OptionalInt.empty(), Optional.empty());
        return XenGuest.builder(domid, FakeGuests.uuid(domid), "monitor")
                .type(XenGuest.Type.HVM)
                .deviceModel(model)
                .build();
    }

    private void process(List<String> arguments) throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/" + PID));
        Files.write(folder.resolve("cmdline"), (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private List<Path> find(XenGuest guest) {
        return new DedicatedMonitors(root).find(guest, Deadline.after(Duration.ofSeconds(10)));
    }

    private void process(String more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("/usr/libexec/xen-qemu-system-i386", "-xen-domid", "1"));
        arguments.addAll(Arrays.asList(more.split(" ")));
        process(arguments);
    }

    @Test
    void find_inARecordedCommandLine_isTheOneOfTheAdministrator() throws IOException {
        process(Recorded.lines("device-model/cmdline-monitor.txt"));

        assertThat(find(guest(1))).containsExactly(root.resolve("run/xen/qmp-usb-monitor"));
    }

    @Test
    void find_ofAnotherDomainsDeviceModel_isEmpty() throws IOException {
        process(Recorded.lines("device-model/cmdline-monitor.txt"));

        assertThat(find(guest(2))).isEmpty();
    }

    @Test
    void find_ofAProcessThatIsGone_isEmpty() {
        assertThat(find(guest(1))).isEmpty();
    }

    @Test
    void find_ofAGuestWithoutDeviceModel_isEmpty() {
        MemoryXenstore store = new MemoryXenstore();
        assertThat(find(FakeGuests.pv(store, 1, "para"))).isEmpty();
        store.close();
    }

    @Test
    void find_takesTheShortFormToo() throws IOException {
        process("-qmp unix:/run/my.sock,server=on,wait=off");

        assertThat(find(guest(1))).containsExactly(root.resolve("run/my.sock"));
    }

    @Test
    void find_leavesOutWhatIsNoUsablePath() throws IOException {
        process("-qmp unix:relative.sock,server=on -qmp unix:/" + "x".repeat(107) + ",server=on -qmp unix:/,server=on");

        assertThat(find(guest(1))).isEmpty();
    }

    @Test
    void find_neverLeavesTheRootFolder() throws IOException {
        process("-qmp unix:/../../etc/x.sock,server=on");

        assertThat(find(guest(1))).containsExactly(root.resolve("etc/x.sock"));
    }

    @Test
    void find_leavesOutTheToolstacksOwn_alsoUnderAnotherFolder() throws IOException {
        process("-qmp unix:/run/xen/qmp-libxl-1,server=on -qmp unix:/var/run/xen/qmp-libxenstat-1,server=on"
                + " -qmp unix:/run/xen/qmp-libxl-usb,server=on");

        assertThat(find(guest(1))).containsExactly(root.resolve("run/xen/qmp-libxl-usb"));
    }

    @Test
    void find_whenTheArgumentsDoNotCome_isEmptyInTime() throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/" + PID));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("cmdline").toString())
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .isZero();

        assertThat(new DedicatedMonitors(root).find(guest(1), Deadline.after(Duration.ofMillis(50))))
                .isEmpty();
    }
}
