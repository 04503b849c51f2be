package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.RepairRequest;
import io.autousb.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which monitor of a guest is used, when, and what is left of it afterwards. */
@Timeout(60)
class XenQmpMonitorTest extends XenQmpTests {

    /** Longer than a test may take: nobody is to wait that long. */
    private static final Duration FOR_EVER = Duration.ofMinutes(10);

    private long asked(FakeQemu whom, String what) {
        return whom.commands().stream().filter(line -> line.contains(what)).count();
    }

    private static boolean isAnyWatched() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("autousb-qmp-guest"));
    }

    private CompletableFuture<BackendException> failing(Runnable call) {
        return CompletableFuture.supplyAsync(() -> failure(call));
    }

    @Test
    void calls_inOneLife_askOnceWhatCannotChange() {
        run();

        inspect();
        inspect();

        assertThat(asked(qemu(), "qmp_capabilities")).isEqualTo(2);
        assertThat(asked(qemu(), "device-list-properties")).isEqualTo(1);
        assertThat(asked(qemu(), Qom.ONBOARD)).isEqualTo(1);
    }

    @Test
    void calls_toAGuestThatIsConfiguredAgain_askAnew() {
        run();
        inspect();

        hypervisor.configure(List.of());
        assertThat(hypervisor.guests(TIME)).isEmpty();
        hypervisor.configure(List.of(world.spec(ALPHA)));
        guest = only();
        inspect();

        assertThat(asked(qemu(), "device-list-properties")).isEqualTo(2);
    }

    @Test
    void inspect_whenTheSessionBreaksAtOnce_leavesTheMonitorAndItsLockToLibxl() {
        run();
        qemu().cutAt("device-list-properties");

        assertThat(failure(this::inspect).is(BackendException.IO)).isTrue();

        assertThat(lock()).doesNotExist();
        assertThat(inspect().controllers()).hasSize(1);
    }

    @Test
    void inspect_whenTheSessionBreaksAndTheDeviceModelHasEnded_saysThatTheGuestIsGone() throws IOException {
        run();
        Files.createDirectory(world.root().resolve("proc/self"));
        qemu().before("query-status", () -> FakeUsbHost.delete(process()));
        qemu().cutAt("query-status");

        assertThat(failure(this::inspect).is(BackendException.GUEST_GONE)).isTrue();
    }

    private Path process() {
        return world.root().resolve("proc/" + ProcessHandle.current().pid());
    }

    @Test
    void close_whileASessionBegins_endsIt() {
        run();
        qemu().before("qmp_capabilities", hypervisor::close);

        assertThat(failure(this::inspect).is(BackendException.CLOSED)).isTrue();

        assertThat(qemu().commands()).hasSize(1);
    }

    @Test
    void close_whileLibxlsLockIsWaitedFor_endsTheWaiting() throws IOException {
        run();
        try (Flock held = Flock.tryLock(lock()).orElseThrow()) {
            CompletableFuture<BackendException> waiting = failing(() -> hypervisor.inspect(guest, FOR_EVER));
            awaitSomebodyAtTheLock();

            hypervisor.close();

            assertThat(waiting.join().is(BackendException.CLOSED)).isTrue();
        }
    }

    private static void awaitSomebodyAtTheLock() {
        await().atMost(TIME)
                .until(() -> Thread.getAllStackTraces().values().stream()
                        .anyMatch(frames -> Stream.of(frames)
                                .anyMatch(frame -> frame.getClassName().equals(Flock.class.getName()))));
    }

    @Test
    void inspect_whileLibxlIsBusyForLong_waitsForIt() throws IOException {
        run();
        CompletableFuture<Integer> waiting;
        try (Flock held = Flock.tryLock(lock()).orElseThrow()) {
            waiting =
                    CompletableFuture.supplyAsync(() -> inspect().controllers().size());
            await().during(Duration.ofMillis(1300)).atMost(TIME).until(() -> !waiting.isDone());
        }
        assertThat(waiting.join()).isEqualTo(1);
    }

    @Test
    void inspect_whenLibxlsLockCannotBeTaken_failsAtOnce() throws IOException {
        run();
        Files.createDirectory(lock());

        assertThat(failure(() -> hypervisor.inspect(guest, FOR_EVER)).is(BackendException.IO))
                .isTrue();
    }

    @Test
    void repair_leavesTheMonitorAndItsLockToLibxlAfterwards() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.attachByHand(ALPHA, device, freePort(), Foreign.NAMED);
        world.unplug(device);
        long before = asked(qemu(), "qmp_capabilities");

        hypervisor.repair(new RepairRequest(RepairRequest.Depth.THOROUGH, false, TIME));

        assertThat(asked(qemu(), "qmp_capabilities")).isGreaterThan(before);
        assertThat(lock()).doesNotExist();
        await().atMost(TIME).until(() -> !qemu().hasClient());
    }

    @Test
    void inspect_whileLibxlIsMakingTheGuest_waitsUntilItIsDone() throws IOException {
        run();
        XenFixture.Domain domain = world.domain(ALPHA);
        Path configuration = world.configuration(domain.domid(), domain.uuid());
        Files.delete(configuration);
        CompletableFuture<Integer> waiting =
                CompletableFuture.supplyAsync(() -> inspect().controllers().size());
        long reads = world.xenstored().requests("READ");
        await().atMost(TIME).until(() -> world.xenstored().requests("READ") > reads);

        Files.createFile(configuration);

        assertThat(waiting.join()).isEqualTo(1);
    }

    @Test
    void guests_afterOneHasEnded_leaveItsOwnMonitorAlone() throws IOException {
        giveMonitors();
        run();
        inspect();
        assertThat(isAnyWatched()).isTrue();

        world.stop(ALPHA);
        assertThat(hypervisor.guests(TIME)).isEmpty();

        await().atMost(TIME).until(() -> !isAnyWatched());
    }

    @Test
    void guests_thatLibxlIsMaking_areNotConnectedTo() throws IOException {
        giveMonitors();
        Path configuration = beingMade();

        guest = only();

        assertThat(guest.state()).isEqualTo(GuestState.TRANSIENT);
        assertThat(isAnyWatched()).isFalse();
        Files.createFile(configuration);
        assertThat(inspect().controllers()).hasSize(1);
        assertThat(isAnyWatched()).as("by now").isTrue();
    }

    @Test
    void attach_toAGuestThatLibxlWasMaking_usesItsOwnMonitor() throws IOException {
        giveMonitors();
        Path configuration = beingMade();
        guest = only();
        Files.createFile(configuration);

        attach(world.plug(Gadget.keyboard()), new GuestPort("xenusb-0.0", 15, Set.of(), true));

        assertThat(isAnyWatched()).isTrue();
    }

    @Test
    void guests_thatCannotBeServed_areNotConnectedTo() throws IOException {
        giveMonitors();
        world.start(ALPHA);
        world.xenstored().put(world.domain(ALPHA).node() + "/image/device-model-kill-uid", "131072");
        watch(world.spec(ALPHA));

        guest = only();

        assertThat(isAnyWatched()).isFalse();
        GuestPort port = new GuestPort("xenusb-0.0", 15, Set.of(), true);
        assertThat(failure(() -> attach(world.plug(Gadget.keyboard()), port)).is(BackendException.UNSUPPORTED))
                .isTrue();
    }

    @Test
    void guests_withAMonitorOfTheirOwn_areTransientWhileXenstoreSaysSo() throws IOException {
        giveMonitors();
        run();
        inspect();

        world.setState(ALPHA, GuestState.TRANSIENT);

        await().atMost(TIME).until(() -> only().state() == GuestState.TRANSIENT);
        assertThat(only().state()).isEqualTo(GuestState.TRANSIENT);
    }

    @Test
    void calls_afterAnotherMonitorIsConfigured_useThat() throws IOException {
        giveMonitors();
        run();
        inspect();
        Path other = world.root().resolve("other.sock");
        try (FakeQemu second = new FakeQemu(other, events -> new FakeMachine(events, Set.of()))) {
            hypervisor.configure(List.of(new GuestSpec(ALPHA, Map.of("qmp-socket", other.toString()))));
            guest = only();
            await().atMost(TIME).ignoreExceptions().until(() -> {
                inspect();
                return asked(second, "qom-list") > 0;
            });
            await().atMost(TIME).until(() -> !qemu().hasClient());
        }
    }

    @Test
    void calls_toADeviceModelWhoseProcessIsNotKnown_useTheMonitorThatIsConfigured() throws IOException {
        giveMonitors();
        world.start(ALPHA);
        world.xenstored().delete(world.domain(ALPHA).node() + "/image/device-model-pid");
        watch(world.spec(ALPHA));
        guest = only();

        assertThat(inspect().controllers()).hasSize(1);
        assertThat(inspect().controllers()).hasSize(1);

        assertThat(asked(qemu(), "qmp_capabilities")).isEqualTo(1);
    }

    @Test
    void calls_whenTheArgumentsCannotBeRead_useLibxls() throws Exception {
        world.start(ALPHA);
        Path arguments = process().resolve("cmdline");
        assertThat(new ProcessBuilder("mkfifo", arguments.toString()).start().waitFor())
                .isZero();
        watch(world.spec(ALPHA));

        guest = hypervisor.guests(FOR_EVER).get(0);

        assertThat(inspect().controllers()).hasSize(1);
    }

    @Test
    void calls_whenTheMonitorOfItsOwnIsSilent_useLibxls() throws IOException {
        world.start(ALPHA);
        try (FakeQemu silent = ownMonitor(world.root().resolve("own.sock"))) {
            silent.hang(true);
            watch(world.spec(ALPHA));

            guest = hypervisor.guests(FOR_EVER).get(0);

            assertThat(hypervisor.inspect(guest, FOR_EVER).controllers()).hasSize(1);
            assertThat(asked(qemu(), "query-status")).isEqualTo(1);
        }
    }

    @Test
    void prepare_overAMonitorOfItsOwn_letsQemuReadTheCommand() throws IOException {
        giveMonitors();
        run();
        AttachRequest request = new AttachRequest(guest, world.plug(Gadget.keyboard()), freePort(), TIME);

        assertThat(hypervisor.prepare(guest, List.of(request))).isTrue();

        await().atMost(TIME).until(() -> qemu().unfinished().contains("\"device_add\""));
        hypervisor.attach(request);
        assertThat(added()).singleElement().asString().doesNotContain("withdrawn");
    }

    @Test
    void prepare_ofNothingMore_withdrawsWhatQemuHasRead() throws IOException {
        giveMonitors();
        run();
        AttachRequest request = new AttachRequest(guest, world.plug(Gadget.keyboard()), freePort(), TIME);
        hypervisor.prepare(guest, List.of(request));

        hypervisor.prepare(guest, List.of());

        assertThat(added()).singleElement().asString().contains("withdrawn");
        assertThat(qemu().unfinished()).isEmpty();
    }

    @Test
    void prepare_overLibxlsMonitor_sendsNothing() {
        run();
        AttachRequest request = new AttachRequest(guest, world.plug(Gadget.keyboard()), freePort(), TIME);
        int before = qemu().commands().size();

        hypervisor.prepare(guest, List.of(request));

        assertThat(qemu().commands()).hasSize(before);
        assertThat(qemu().hasClient()).isFalse();
    }

    private List<String> added() {
        return qemu().commands().stream()
                .filter(line -> line.contains("device_add"))
                .toList();
    }

    /** Gives each guest a monitor of its own. */
    private void giveMonitors() throws IOException {
        world.close();
        world = XenFixture.dedicated();
    }

    /** Starts a guest that libxl has not finished making; returns the file with which it will have. */
    private Path beingMade() throws IOException {
        world.start(ALPHA);
        XenFixture.Domain domain = world.domain(ALPHA);
        Path configuration = world.configuration(domain.domid(), domain.uuid());
        Files.delete(configuration);
        watch(world.spec(ALPHA));
        return configuration;
    }
}
