package io.autousb.cli;

import static io.autousb.cli.ProgramFixture.exitCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.sim.SimDevice;
import io.autousb.backend.sim.SimGuest;
import io.autousb.backend.sim.SimWorld;
import io.autousb.cli.console.ExitCode;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.BackendException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ForegroundTest {

    private static final PortPath FIRST = PortPath.parse("1-1");
    private static final PortPath SECOND = PortPath.parse("1-2");

    private final ProgramFixture program = new ProgramFixture();
    private final SimGuest guest = program.world.guests().define("g1");

    @Test
    void run_plugAndUnplug_printsOneLineEach() throws Exception {
        guest.start();
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1");
        program.awaitErr("watching for guest g1, served by sim and sim");
        program.world.host().plug(FIRST, SimDevice.keyboard());
        program.awaitOut("01:02:03.004 attached 1-1 046d:c31c \"USB Keyboard\" -> g1 (");
        program.world.host().unplug(FIRST);
        program.awaitOut("01:02:03.004 detached 1-1 046d:c31c \"USB Keyboard\" from g1");
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).hasLineCount(4).contains("guest g1 is up", "guest g1 is gone");
        assertThat(program.err()).contains("guest g1 has ended; with -w its return is waited for");
    }

    @Test
    void run_deviceById_isTakenWhereverItIs() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.mouse());
        program.world.host().plug(SECOND, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-x", "046d:c31c");
        program.awaitOut("attached 1-2 046d:c31c");
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).doesNotContain("046d:c077");
    }

    @Test
    void run_guestAbsentAndNoWait_hasAnExitCodeOfItsOwn() {
        assertThat(program.run("-d", "g1", "-u", "usb1", "-n")).isEqualTo(ExitCode.GUEST_NOT_RUNNING);
        assertThat(program.err())
                .hasLineCount(1)
                .contains("auto-usb-attach: guest g1 is not running (-n): start it first");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void run_guestAbsent_isWaitedFor() throws Exception {
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1");
        program.awaitOut("guest g1 is not running; waiting for it");
        guest.start();
        program.awaitOut("attached 1-1");
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
    }

    @Test
    void run_guestEndsAndWaits_servesTheNextInstance() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1", "-w");
        program.awaitOut("attached 1-1");
        guest.stop();
        program.awaitOut("guest g1 is gone");
        guest.start();
        program.awaitOut("guest g1 is up" + System.lineSeparator() + "01:02:03.004 attached");
        program.interrupt();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
    }

    @Test
    void run_withTwoHypervisorsOfOnePlatform_servesTheGuestByTheOneThatHasIt() throws Exception {
        SimWorld second = SimWorld.create();
        second.guests().define("g2").start();
        CompletableFuture<Integer> running =
                program.with(new SecondSimProvider(second)).start("-d", "g2", "-u", "usb1");
        program.awaitErr("watching for guest g2, served by sim and sim, sim-two");
        program.awaitOut("guest g2 is up");
        second.guests().find("g2").orElseThrow().stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).doesNotContain("not running");
    }

    @Test
    void run_withTwoHypervisorsThatListTheGuest_saysWhichServesIt() throws Exception {
        guest.start();
        CompletableFuture<Integer> running =
                program.with(new SecondSimProvider(program.world)).start("-d", "g1", "-u", "usb1");
        program.awaitErr("guest g1 is served by sim, and listed by sim-two too; name one with --hypervisor");
        program.interrupt();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
    }

    @Test
    void run_withANamedHypervisor_usesThatOneOnly() {
        SimWorld second = SimWorld.create();
        second.guests().define("g2").start();
        program.with(new SecondSimProvider(second));

        assertThat(program.run("-d", "g2", "-u", "usb1", "-n", "--hypervisor", "sim"))
                .isEqualTo(ExitCode.GUEST_NOT_RUNNING);
    }

    @Test
    void run_whereSomethingIsLeftOver_clearsItInAnyGuestAndSaysSo() throws Exception {
        SimGuest other = program.world.guests().define("g2");
        other.leaveBehind("port 1 has 1-4, which is gone");
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1");
        program.awaitOut("repaired guest g2: port 1 has 1-4, which is gone");
        program.interrupt();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(other.leftovers()).isEmpty();
    }

    @Test
    void run_withNoRepair_onlyReportsWhatIsLeftOver() throws Exception {
        guest.leaveBehind("port 1 has 1-4, which is gone");
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1", "--no-repair");
        program.awaitErr("left over guest g1: port 1 has 1-4, which is gone; not cleared, as asked");
        program.interrupt();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(guest.leftovers()).hasSize(1);
    }

    @Test
    void interrupt_leavesAttachmentsAndSaysWhich() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1");
        program.awaitOut("attached 1-1");
        program.interrupt();

        exitCode(running);
        assertThat(program.err()).contains("guest g1 keeps 1-1 046d:c31c \"USB Keyboard\"");
        assertThat(guest.look().map(GuestInspection::attachments).orElseThrow()).hasSize(1);
    }

    @Test
    void interrupt_withDetachOnExit_takesAttachmentsAway() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        program.world.host().plug(SECOND, SimDevice.mouse());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1", "--detach-on-exit");
        program.awaitOut("attached 1-1");
        program.awaitOut("attached 1-2");
        program.interrupt();

        exitCode(running);
        assertThat(guest.look().map(GuestInspection::attachments).orElseThrow()).isEmpty();
        assertThat(program.out()).contains("detached 1-1", "detached 1-2");
        assertThat(program.err()).doesNotContain("keeps");
    }

    @Test
    void interrupt_withGuestThatHangs_endsNevertheless() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1", "--detach-on-exit");
        program.awaitOut("attached 1-1");
        guest.hang(false);
        program.interrupt();

        exitCode(running);
        assertThat(program.err()).contains("guest g1 keeps 1-1");
        guest.release();
    }

    @Test
    void dryRun_printsThePlanAndChangesNothing() {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());

        assertThat(program.run("-d", "g1", "-u", "usb1", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).hasLineCount(1).startsWith("would attach 1-1 046d:c31c \"USB Keyboard\" to g1 on ");
        assertThat(guest.look().map(GuestInspection::attachments).orElseThrow()).isEmpty();
    }

    @Test
    void dryRun_withNothingToDo_saysSo() {
        guest.start();
        assertThat(program.run("-d", "g1", "-u", "usb1", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo("nothing to do" + System.lineSeparator());
    }

    @Test
    void dryRun_withoutTheGuest_saysWhatWaitsForIt() {
        program.world.host().plug(FIRST, SimDevice.keyboard());
        assertThat(program.run("-d", "g1", "-u", "usb1", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("waiting 1-1 046d:c31c", "nothing to do");
        assertThat(program.err()).isEqualTo("auto-usb-attach: guest g1 is not running" + System.lineSeparator());
    }

    @Test
    void run_afterAnEarlierRun_keepsWhatIsAttached() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> first = program.start("-d", "g1", "-u", "usb1");
        program.awaitOut("attached 1-1");
        program.interrupt();
        exitCode(first);
        CompletableFuture<Integer> second = program.start("-d", "g1", "-u", "usb1");
        program.awaitOut("kept 1-1 046d:c31c \"USB Keyboard\" -> g1, attached already");
        guest.stop();
        exitCode(second);

        assertThat(program.out()).containsOnlyOnce(" attached 1-1 ");
    }

    @Test
    void run_hubThatIsAbsent_isWaitedForWithAWarning() throws Exception {
        guest.start();
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "1-1", "-q");
        program.awaitErr("auto-usb-attach: warning: hub 1-1 is not there yet; waiting for it");
        program.world.host().plug(FIRST, SimDevice.keyboard());
        program.awaitHeld(guest, 1);
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEmpty();
    }

    @Test
    void run_hubThatIsADevice_isTakenAsAPort() throws Exception {
        guest.start();
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "1-1");
        program.awaitErr("warning: 1-1 is a device, not a hub: it is taken as a port");
        program.awaitOut("attached 1-1");
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
    }

    @Test
    void run_withoutPermission_isUnavailable() {
        program.world
                .host()
                .fail(BackendException.of(BackendException.NO_PERMISSION, "the host cannot be read")
                        .where("/sys")
                        .remedy("run it as root")
                        .build());

        assertThat(program.run("-d", "g1", "-u", "usb1")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.err())
                .isEqualTo("auto-usb-attach: the host cannot be read (/sys): run it as root" + System.lineSeparator());
    }

    @Test
    void run_failedAttach_isToldWithTheNextTry() throws Exception {
        guest.start();
        guest.failNextAttaches(
                1,
                BackendException.of(BackendException.REFUSED, "the guest said no")
                        .where("g1")
                        .build());
        program.world.host().plug(FIRST, SimDevice.keyboard());
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1");
        program.awaitErr("failed to attach 1-1 046d:c31c \"USB Keyboard\" to g1: the guest said no (g1); next try in ");
        program.awaitOut("attached 1-1");
        guest.stop();

        assertThat(exitCode(running)).isEqualTo(ExitCode.OK);
    }

    @Test
    void run_hostileDevice_reachesNoOutputUnescaped() throws Exception {
        guest.start();
        String evil = "\u001b]0;owned\u0007\nID: 1d6b:0002 \u202e\u009b2J";
        program.world
                .host()
                .plug(
                        FIRST,
                        SimDevice.of(
                                "1209:0001",
                                evil,
                                UsbSpeed.HIGH,
                                SimDevice.keyboard().interfaces().get(0)));
        CompletableFuture<Integer> running = program.start("-d", "g1", "-u", "usb1", "-vv");
        program.awaitOut("attached 1-1 1209:0001 \"\\x1b]0;owned\\x07\\x0aID: 1d6b:0002 \\u202e\\x9b2J\" -> g1");
        program.interrupt();
        exitCode(running);

        for (byte[] output : List.of(program.out.toByteArray(), program.err.toByteArray())) {
            for (byte b : output) {
                assertThat(b == '\n' || b >= ' ' && b <= '~').isTrue();
            }
        }
    }
}
