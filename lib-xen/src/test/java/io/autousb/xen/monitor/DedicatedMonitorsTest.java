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
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    private Path root;

    private static XenGuest guest(int domid) {
        return guest(domid, PID);
    }

    private static XenGuest guest(int domid, int pid) {
        DeviceModel model = new DeviceModel(
                Optional.empty(), Optional.empty(), OptionalInt.of(pid), OptionalInt.empty(), Optional.empty());
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
        return new DedicatedMonitors(root).find(guest, Deadline.after(LONG));
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
    void find_ofOneMonitorInTwoWays_listsItOnce() throws IOException {
        process("-qmp unix:/run/my.sock,server=on -qmp unix:/run/../run/my.sock,server=on");

        assertThat(find(guest(1))).hasSize(1);
    }

    @Test
    void find_whereTheDomainIsCutOff_isEmpty() throws IOException {
        process(List.of("qemu", "-qmp", "unix:/run/my.sock,server=on", "-xen-domid"));

        assertThat(find(guest(1))).isEmpty();
    }

    @Test
    void find_inArgumentsWithoutAnEnd_readsTheirBeginning() throws IOException {
        process("-qmp unix:/run/first.sock,server=on -name " + "x".repeat(1 << 18)
                + " -qmp unix:/run/last.sock,server=on");

        assertThat(find(guest(1))).containsExactly(root.resolve("run/first.sock"));
    }

    /** The number may be another process' by then. */
    @Test
    void find_again_readsAnew() throws IOException {
        DedicatedMonitors monitors = new DedicatedMonitors(root);
        process("-qmp unix:/run/first.sock,server=on");
        assertThat(monitors.find(guest(1), Deadline.after(LONG))).containsExactly(root.resolve("run/first.sock"));

        process("-qmp unix:/run/second.sock,server=on");

        assertThat(monitors.find(guest(1), Deadline.after(LONG))).containsExactly(root.resolve("run/second.sock"));
    }

    @Test
    void find_whenInterrupted_isEmptyAndKeepsTheInterrupt() throws IOException {
        hang(PID);
        Thread.currentThread().interrupt();

        assertThat(find(guest(1))).isEmpty();

        assertThat(Thread.interrupted()).isTrue();
    }

    /** Each costs a thread. */
    @Test
    void find_whenTooManyHang_readsNoMore() throws IOException {
        DedicatedMonitors monitors = new DedicatedMonitors(root);
        for (int pid = PID + 1; pid <= PID + 16; pid++) {
            hang(pid);
            assertThat(monitors.find(guest(1, pid), Deadline.after(Duration.ofMillis(1))))
                    .isEmpty();
        }
        process("-qmp unix:/run/my.sock,server=on");

        assertThat(monitors.find(guest(1), Deadline.after(LONG))).isEmpty();
    }

    private void hang(int pid) throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/" + pid));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("cmdline").toString())
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .isZero();
    }

    @Test
    void find_whenTheArgumentsDoNotCome_isEmptyInTime() throws IOException {
        hang(PID);

        assertThat(new DedicatedMonitors(root).find(guest(1), Deadline.after(Duration.ofMillis(50))))
                .isEmpty();
    }
}
