package io.autousb.xen.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.Finding;
import io.autousb.api.Finding.Level;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.BackendException;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class XenDoctorTest {

    private static final String PORT = "/libxl/1/device/vusb/0/port/1";

    private final MemoryXenstore store = new MemoryXenstore();
    private CommandResult info = exited(0, "xen_major : 4\nxen_minor : 19\nxen_extra : .5\n", "");

    @TempDir
    private Path root;

    @AfterEach
    void close() {
        store.close();
    }

    private static CommandResult exited(int code, String stdout, String stderr) {
        return new CommandResult(
                CommandOutcome.exited(code), new CommandOutput(stdout, false), new CommandOutput(stderr, false));
    }

    private List<Finding> findings(String... guests) {
        CommandRunner xl = command -> {
            assertThat(command.argv()).containsExactly("xl", "info");
            return () -> info;
        };
        ProviderContext context = new ProviderContext(System::nanoTime, (delay, task) -> () -> {}, root, xl);
        return new XenDoctor(context, Set.of(guests), Duration.ofSeconds(30)).examine(store, "/run/xenstored/socket");
    }

    private List<String> bad(String... guests) {
        return findings(guests).stream()
                .filter(finding -> finding.level() != Level.OK)
                .map(Finding::what)
                .toList();
    }

    private Finding about(String words) {
        return findings().stream()
                .filter(finding -> finding.what().contains(words))
                .findFirst()
                .orElseThrow();
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A host with nothing plugged in. */
    private void hvm() throws IOException {
        Files.createDirectories(root.resolve("sys/bus/usb/devices"));
        FakeGuests.hvm(store, 1, "windows");
    }

    private void monitored() throws IOException {
        file("proc/361/cmdline", String.join("\0", Recorded.lines("device-model/cmdline-monitor.txt")) + "\0");
    }

    @Test
    void examine_aHostThatIsWell_findsNothingBad() throws IOException {
        hvm();
        FakeGuests.backend(store, 1, 0, "qusb", 4);
        monitored();

        assertThat(bad()).isEmpty();
        assertThat(findings())
                .extracting(Finding::what)
                .filteredOn(what -> !what.startsWith("xl cannot detach"))
                .containsExactly(
                        "xenstored answers",
                        "xl is of Xen 4.19.5",
                        "is served by xen-qmp",
                        "has a free port on a USB controller",
                        "has a monitor of its own at " + root.resolve("run/xen/qmp-usb-monitor"));
    }

    @Test
    void examine_whereThereIsNoXenstored_saysWhereItShouldBe() {
        ProviderContext context =
                new ProviderContext(System::nanoTime, (delay, task) -> () -> {}, root, CommandRunner.none("test"));

        List<Finding> findings = XenDoctor.examine(context, Set.of(), Duration.ofSeconds(5));

        assertThat(findings).extracting(Finding::level).containsExactly(Level.PROBLEM);
        assertThat(findings.get(0).where()).contains("var/run/xenstored/socket");
    }

    @Test
    void examine_whenXenstoredDoesNotAnswer_isAProblemAndXlIsLookedAtAllTheSame() {
        store.interfere((operation, where) -> {
            throw BackendException.of(BackendException.NO_PERMISSION, "no permission to speak to xenstored")
                    .remedy("run this as root")
                    .build();
        });

        assertThat(findings())
                .startsWith(
                        Finding.problem("no permission to speak to xenstored", "", "run this as root"),
                        Finding.ok("xl is of Xen 4.19.5", ""));
    }

    @Test
    void examine_withAnXlOfARecordedVersion_namesItsFaults() {
        info = exited(0, String.join("\n", Recorded.lines("xl-info.txt")), "");

        assertThat(findings()).contains(Finding.ok("xl is of Xen 4.17.7", ""));
        assertThat(bad()).singleElement().asString().startsWith("xl 4.17.7 sends numbers as text");
    }

    @Test
    void examine_withAnyXl_saysWhatItLeavesWrongAndWhoMendsIt() {
        Finding finding = about("xl cannot detach a device that was pulled out");
        assertThat(finding.level()).isEqualTo(Level.OK);
        assertThat(finding.what()).endsWith("repaired while this program serves");
    }

    @Test
    void examine_withAnXlThatTakesNoTurns_saysSo() {
        info = exited(0, "xen_major : 4\nxen_minor : 12\nxen_extra : .4\n", "");

        assertThat(bad()).anyMatch(what -> what.startsWith("xl 4.12.4 takes no turns at a QEMU's monitor"));
    }

    @Test
    void examine_withAnXlWithoutUsbForHvm_isAProblem() {
        info = exited(0, "xen_major : 4\nxen_minor : 7\nxen_extra : .4\n", "");

        assertThat(about("attaches no USB devices").level()).isEqualTo(Level.PROBLEM);
    }

    @Test
    void examine_withoutXl_isAWarning() {
        info = CommandResult.notStarted("there is no xl");

        assertThat(about("xl cannot be run").level()).isEqualTo(Level.WARNING);
    }

    @Test
    void examine_whereXlMayNotBeUsed_saysRunAsRoot() {
        info = exited(1, "", "xencall: error: Could not obtain handle: Permission denied\nlibxl: error\n");

        assertThat(about("xl does not work here").remedy()).isEqualTo("run this as root");
        assertThat(about("xl does not work here").where())
                .contains("Permission denied")
                .doesNotContain("\n");
    }

    @Test
    void examine_aGuestWithoutController_saysHowToGetOne() throws IOException {
        hvm();

        Finding finding = about("has no USB controller");
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.where()).isEqualTo("guest windows (domain 1)");
        assertThat(finding.remedy()).contains("xl usbctrl-attach 1 version=3 ports=15");
    }

    @Test
    void examine_aGuestWithTheDefaultController_saysThatItIsForHighSpeedOnly() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 2, 6);

        assertThat(about("high-speed devices only").level()).isEqualTo(Level.WARNING);
    }

    @Test
    void examine_aGuestWhosePortsAreAllTaken_saysSo() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 1, 2);
        store.put(PORT, "2-1.1");
        store.put("/libxl/1/device/vusb/0/port/2", "2-1.2");

        assertThat(about("has no free port").level()).isEqualTo(Level.WARNING);
    }

    @Test
    void examine_aGuestWithAnAddedController_warnsOfSaving() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 3, 15);

        Finding finding = about("cannot be restored after `xl save`");
        assertThat(finding.what()).endsWith("because of its USB controller 0");
        assertThat(finding.remedy()).contains("qemu-xhci").doesNotContain("XENDOMAINS_SAVE");
    }

    @Test
    void examine_aGuestThatXendomainsWouldSave_saysThatItWillNotComeBack() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 3, 15);
        file("etc/default/xendomains", "## the folder\nXENDOMAINS_SAVE=/var/lib/xen/save\n");
        file("etc/systemd/system/multi-user.target.wants/xendomains.service", "");

        Finding finding = about("cannot be restored after `xl save`");
        assertThat(finding.what()).contains("xendomains saves it at the next shutdown");
        assertThat(finding.remedy()).contains("XENDOMAINS_SAVE=");
    }

    @Test
    void examine_aPvGuest_saysNothingOfSavingAndMonitors() throws IOException {
        hvm();
        store.drop("/libxl/1");
        store.drop("/local/domain/1");
        FakeGuests.pv(store, 2, "para");
        FakeGuests.backend(store, 2, 0, "qusb", 4);

        assertThat(bad()).isEmpty();
        assertThat(about("is served by").what()).isEqualTo("is served by xl");
    }

    @Test
    void examine_aGuestWithADeadPort_warnsOfWhatXlCannotDo() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 3, 15);
        store.put(PORT, "2-1.1");

        Finding finding = about("which is gone from the host");
        assertThat(finding.what()).contains("xl usbdev-attach may fail for every guest");
        assertThat(finding.level()).isEqualTo(Level.WARNING);
    }

    @Test
    void examine_aGuestWithoutAMonitorOfItsOwn_givesTheLineToAdd() throws IOException {
        hvm();

        assertThat(about("has no monitor of its own").remedy()).contains("\"-mon\",\"chardev=usbmon,mode=control\"");
    }

    @Test
    void examine_guestsThatWereNotNamed_areLeftOut() throws IOException {
        hvm();

        assertThat(bad("other")).isEmpty();
        assertThat(bad("windows")).isNotEmpty();
        assertThat(bad("1")).isNotEmpty();
    }

    @Test
    void examine_aHostileGuest_isOneLineOfAscii() throws IOException {
        Files.createDirectories(root.resolve("sys/bus/usb/devices"));
        FakeGuests.hvm(store, 1, "win\u001b[31m\ndows");

        assertThat(findings())
                .allSatisfy(finding -> assertThat(finding.toString()).matches("[ -~]+"));
    }

    @Test
    void examine_anything_changesNothing() throws IOException {
        hvm();
        FakeGuests.controller(store, 1, 0, 3, 15);
        store.put(PORT, "2-1.1");
        int changes = store.changes();

        findings();

        assertThat(store.changes()).isEqualTo(changes);
    }
}
