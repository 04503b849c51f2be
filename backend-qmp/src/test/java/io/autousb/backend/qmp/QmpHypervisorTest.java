package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the contract does not say of QEMU's ways. */
@Timeout(60)
class QmpHypervisorTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    private QmpFixture world;
    private Hypervisor hypervisor;
    private final AtomicInteger guestHints = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        world = new QmpFixture();
        hypervisor = world.open();
        hypervisor.configure(List.of(world.spec("alpha")));
        hypervisor.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                guestHints.incrementAndGet();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {}
        });
    }

    @AfterEach
    void close() {
        hypervisor.close();
        world.close();
    }

    @Test
    void guests_whenAskedAtOnce_waitsForTheFirstSearch() {
        world.start("alpha");
        try (Hypervisor other = world.open()) {
            other.configure(List.of(world.spec("alpha"), world.spec("beta")));
            // A monitor serves one client at a time: until now the search could not end.
            hypervisor.close();
            assertThat(other.guests(LONG)).extracting(Guest::name).containsExactly("alpha");
        }
    }

    @Test
    void guests_whenOneCannotBeSearchedInTime_listsItAsUnknownAndTheOthers() throws Exception {
        world.start("alpha");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Hypervisor patient = new QmpHypervisor(world.root(), LONG)) {
            mute.bind(UnixDomainSocketAddress.of(world.root().resolve("beta.sock")));
            hypervisor.close();
            patient.configure(List.of(world.spec("alpha"), world.spec("beta"), world.spec("gamma")));
            assertThat(patient.guests(Duration.ofSeconds(2)))
                    .extracting(Guest::name, Guest::state)
                    .containsExactly(tuple("alpha", GuestState.RUNNING), tuple("beta", GuestState.UNKNOWN));
        }
    }

    @Test
    void attach_whenQemuKnowsNodes_sendsOneCommandWithTheNode() {
        Guest guest = start();
        UsbDevice device = world.plug(Gadget.keyboard());
        AttachRequest request = request(guest, device, 3);
        int before = commands().size();
        hypervisor.attach(request);
        assertThat(commands().subList(before, commands().size()))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith(
                                "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"usb-host\",\"id\":\"autousb-2-1-"
                                        + device.generation() + "\",\"bus\":\"usb.0\",\"port\":\"3\","
                                        + "\"hostdevice\":\"/dev/bus/usb/002/001\"}"));
    }

    @Test
    void attach_whenPrepared_sendsTheEndOfTheCommand() {
        Guest guest = start();
        AttachRequest request = request(guest, world.plug(Gadget.keyboard()), 3);
        int before = commands().size();

        assertThat(hypervisor.prepare(guest, List.of(request))).isFalse();

        Awaitility.await().until(() -> world.guest("alpha").unfinished().startsWith("{\"execute\":\"device_add\""));
        hypervisor.attach(request);
        assertThat(commands().subList(before, commands().size()))
                .singleElement()
                .asString()
                .doesNotContain("withdrawn");
    }

    @Test
    void attach_ofAnotherThanWasPrepared_withdrawsThatFirst() {
        Guest guest = start();
        AttachRequest expected = request(guest, world.plug(Gadget.keyboard()), 3);
        AttachRequest other = request(guest, world.plug(Gadget.stick("1")), 2);
        int before = commands().size();

        hypervisor.prepare(guest, List.of(expected));
        hypervisor.attach(other);

        assertThat(commands().subList(before, commands().size()))
                .hasSize(2)
                .first()
                .asString()
                .contains("withdrawn");
        assertThat(hypervisor.inspect(guest, LONG).attachments()).hasSize(1);
    }

    @Test
    void prepare_ofNothingMore_withdrawsWhatWasPrepared() {
        Guest guest = start();
        hypervisor.prepare(guest, List.of(request(guest, world.plug(Gadget.keyboard()), 3)));

        hypervisor.prepare(guest, List.of());

        assertThat(commands()).last().asString().contains("withdrawn");
    }

    @Test
    void attach_whileTheKernelResetsTheDevice_waitsForThat() {
        Guest guest = start();
        UsbDevice device = world.plug(Gadget.keyboard());
        AttachRequest request = request(guest, device, 1);
        int before = commands().size();
        world.reset(device, true);

        assertThatThrownBy(() -> hypervisor.attach(request)).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.is(BackendException.NOT_READY)).isTrue();
            assertThat(e.retry()).isEqualTo(Retry.BACK_OFF);
        });
        assertThat(commands()).hasSize(before);
        world.reset(device, false);
        hypervisor.attach(request);
        assertThat(hypervisor.inspect(guest, LONG).attachments()).hasSize(1);
    }

    @Test
    void attach_whenQemuIsOld_namesTheDeviceByNumbers() throws Exception {
        world.start("alpha");
        world.guest("alpha").with(FakeMachine::old);
        world.guest("alpha").disconnect();
        Guest guest = known();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        assertThat(commands())
                .last()
                .asString()
                .contains("\"hostbus\":2,\"hostaddr\":1")
                .doesNotContain("hostdevice");
        assertThat(hypervisor.inspect(guest, LONG).attachments()).containsExactly(made);
    }

    @Test
    void attach_whenQemuIsNotRootAndUdevHasNotRun_doesNotTry() throws Exception {
        Path process = Files.createDirectories(
                world.root().resolve("proc/" + ProcessHandle.current().pid()));
        Files.writeString(process.resolve("status"), "Name:\tqemu\nUid:\t0\t65534\t65534\t65534\n");
        Guest guest = start();
        UsbDevice device = world.plug(Gadget.keyboard());
        AttachRequest request = request(guest, device, 1);
        int before = commands().size();
        BackendException failure = failure(() -> hypervisor.attach(request));
        assertThat(failure.code()).isEqualTo(BackendException.NOT_READY);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        assertThat(commands()).hasSize(before);
        hypervisor.attach(request(guest, settled(device), 1));
    }

    @Test
    void attach_whenUdevIsDoneAndQemuMayNotOpenTheNode_countsAsFailureWithRemedy() {
        Guest guest = start();
        UsbDevice device = world.plug(Gadget.keyboard());
        world.setNodeOpen(device, false);
        BackendException failure = failure(() -> hypervisor.attach(request(guest, settled(device), 1)));
        assertThat(failure.code()).isEqualTo(BackendException.NO_PERMISSION);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.remedy()).contains("udev rule");
    }

    @Test
    void attach_whenQemuIsRootAndUdevHasNotRun_succeeds() throws Exception {
        Path process = Files.createDirectories(
                world.root().resolve("proc/" + ProcessHandle.current().pid()));
        Files.writeString(process.resolve("status"), "Name:\tqemu\nUid:\t0\t0\t0\t0\n");
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        assertThat(made.ours()).isTrue();
    }

    @Test
    void inspect_whenPortWasRefused_showsItAsUsedUntilSomethingIsUnplugged() {
        Guest guest = start();
        Attachment other = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        UsbDevice device = world.plug(Gadget.keyboard());
        world.guest("alpha").with(machine -> machine.refuseNextAttach("usb port 4 (bus usb.0) not found (in use?)"));
        assertThat(failure(() -> hypervisor.attach(request(guest, device, 4))).code())
                .isEqualTo(BackendException.PORT_BUSY);
        assertThat(free(guest)).doesNotContain(1, 4);
        hypervisor.detach(new DetachRequest(guest, other, true, LONG));
        assertThat(free(guest)).contains(1, 4);
    }

    @Test
    void inspect_whenAskedAgain_asksOnlyWhatCanHaveChanged() {
        Guest guest = start();
        for (int port = 1; port <= 5; port++) {
            hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), port));
        }
        int start = commands().size();
        hypervisor.inspect(guest, LONG);
        int first = commands().size();
        hypervisor.inspect(guest, LONG);
        int second = commands().size();
        assertThat(first - start).isLessThan(30);
        assertThat(second - first).isEqualTo(4 + 5);
    }

    @Test
    void detach_whenNoEventComes_believesTheObjectTree() {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.SILENT));
        hypervisor.detach(new DetachRequest(guest, made, true, SHORT));
        assertThat(hypervisor.inspect(guest, LONG).attachments()).isEmpty();
    }

    @Test
    void detach_whenGuestTakesItsTime_waitsForTheEvent() throws Exception {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        CompletableFuture<Void> first = detach(guest, made);
        awaitCommand("device_del");
        world.guest("alpha").with(machine -> machine.finishUnplug(made.handle()));
        first.get(30, TimeUnit.SECONDS);
    }

    @Test
    void detach_whenUnplugIsUnderWay_waitsForTheEventToo() throws Exception {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        BackendException failure = failure(() -> hypervisor.detach(new DetachRequest(guest, made, true, SHORT)));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isTrue();
        int before = commands().size();
        CompletableFuture<Void> second = detach(guest, made);
        Awaitility.await().until(() -> commands().size() > before);
        world.guest("alpha").with(machine -> machine.finishUnplug(made.handle()));
        second.get(30, TimeUnit.SECONDS);
    }

    @Test
    void detach_whenGuestRefuses_saysSo() throws Exception {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        CompletableFuture<Void> call = detach(guest, made);
        awaitCommand("device_del");
        world.guest("alpha").with(machine -> machine.refuseUnplug(made.handle()));
        assertThat(cause(call).code()).isEqualTo(BackendException.REFUSED);
    }

    @Test
    void detach_whenConnectionIsCutBeforeTheEvent_hasUnknownOutcome() throws Exception {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        CompletableFuture<Void> call = detach(guest, made);
        awaitCommand("device_del");
        world.guest("alpha").disconnect();
        assertThat(cause(call).outcomeUnknown()).isTrue();
    }

    @Test
    void addController_whenConnectionIsCutAfterwards_hasUnknownOutcome() {
        Guest guest = start();
        world.guest("alpha").cutAt("/machine/peripheral/autousb-xhci-0");
        BackendException failure = failure(() -> hypervisor.addController(new AddControllerRequest(guest, 3, LONG)));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void close_whenDetachWaitsForTheEvent_endsItAtOnce() throws Exception {
        Guest guest = start();
        Attachment made = hypervisor.attach(request(guest, world.plug(Gadget.keyboard()), 1));
        world.guest("alpha").with(machine -> machine.unplug(FakeMachine.Unplug.PENDING));
        CompletableFuture<Void> call = detach(guest, made);
        awaitCommand("device_del");
        hypervisor.close();
        assertThat(cause(call).code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void guests_whenConnectionIsCutButQemuLives_isTheSameInstanceAndNeverAbsent() throws Exception {
        Guest guest = start();
        world.guest("alpha").disconnect();
        Awaitility.await().until(() -> {
            List<Guest> seen = hypervisor.guests(LONG);
            assertThat(seen).hasSize(1);
            return guestHints.get() > 2 && seen.get(0).state() == GuestState.RUNNING;
        });
        assertThat(known()).isEqualTo(guest);
    }

    @Test
    void guests_whenSocketIsGoneButQemuRuns_isUnknownWithCauseUntilItEnds() throws Exception {
        world.showProcess("qemu-system-x86_64", 0);
        Guest guest = start();
        Files.delete(Path.of(guest.id().key()));
        world.guest("alpha").disconnect();
        Awaitility.await()
                .during(Duration.ofMillis(600))
                .until(() -> hypervisor.guests(LONG).stream()
                        .anyMatch(each -> each.equals(guest) || each.equals(guest.withState(GuestState.UNKNOWN))));
        assertThat(failure(() -> hypervisor.inspect(guest, LONG)).getMessage()).contains("runs on");
        world.endProcess();
        Awaitility.await().until(() -> hypervisor.guests(LONG).isEmpty());
    }

    @Test
    void guests_whenNobodyListensButQemuRuns_isUnknown() throws Exception {
        world.showProcess("qemu-system-x86_64", 0);
        Guest guest = start();
        world.guest("alpha").crash();
        Awaitility.await()
                .during(Duration.ofMillis(600))
                .until(() -> hypervisor.guests(LONG).equals(List.of(guest.withState(GuestState.UNKNOWN))));
        assertThat(failure(() -> hypervisor.inspect(guest, LONG)).getMessage()).contains("nobody listens");
    }

    @Test
    void guests_whenListenerClosesAtOnce_isUnknownWithCause() throws Exception {
        Path socket = world.root().resolve("alpha.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> closeAll(server));
            Awaitility.await().until(() -> !hypervisor.guests(LONG).isEmpty());
            Guest guest = hypervisor.guests(LONG).get(0);
            assertThat(guest.state()).isEqualTo(GuestState.UNKNOWN);
            assertThat(failure(() -> hypervisor.inspect(guest, LONG)).getMessage())
                    .contains("closed the monitor before it was ready");
            assertThat(closing).isNotDone();
        }
    }

    private static void closeAll(ServerSocketChannel server) {
        try {
            while (true) {
                server.accept().close();
            }
        } catch (IOException e) {
            return; // the test is over
        }
    }

    @Test
    void guests_whenAnotherProgramListensForQemu_isAnotherInstanceWithEachConnection() throws Exception {
        world.showProcess("socat UNIX-LISTEN:x UNIX:y", 65534);
        Guest guest = start();
        world.guest("alpha").disconnect();
        Awaitility.await()
                .until(() -> hypervisor.guests(LONG).stream()
                        .anyMatch(each -> each.state() == GuestState.RUNNING
                                && !each.instance().equals(guest.instance())));
        assertThat(known().id()).isEqualTo(guest.id());
    }

    @Test
    void attach_whenAnotherProgramListensForQemu_doesNotWaitForUdev() throws Exception {
        world.showProcess("socat UNIX-LISTEN:x UNIX:y", 65534);
        Guest guest = start();
        assertThat(hypervisor
                        .attach(request(guest, world.plug(Gadget.keyboard()), 1))
                        .ours())
                .isTrue();
    }

    @Test
    void guests_whenGuestThatHungAnswersAgain_isHinted() {
        Guest guest = start();
        world.hang("alpha");
        assertThat(hypervisor.guests(SHORT)).containsExactly(guest.withState(GuestState.UNKNOWN));
        int before = guestHints.get();
        world.release("alpha");
        Awaitility.await().until(() -> guestHints.get() > before);
        assertThat(hypervisor.guests(LONG)).containsExactly(guest);
    }

    @Test
    void configure_whenTwoGuestsHaveOneSocket_isRefusedAndChangesNothing() {
        Guest guest = start();
        GuestSpec twin = new GuestSpec("beta", world.spec("alpha").settings());
        BackendException failure = failure(() -> hypervisor.configure(List.of(world.spec("alpha"), twin)));
        assertThat(failure.code()).isEqualTo(BackendException.INVALID);
        assertThat(hypervisor.guests(LONG)).containsExactly(guest);
    }

    @Test
    void configure_whenPathIsTooLong_isRefused() {
        GuestSpec spec = new GuestSpec("x", Map.of("qmp-socket", "/" + "x".repeat(107)));
        assertThat(failure(() -> hypervisor.configure(List.of(spec))).getMessage())
                .contains("107 bytes");
    }

    @Test
    void guests_whenSocketIsALeftover_hasNone() throws Exception {
        Guest guest = start();
        hypervisor.close();
        world.guest("alpha").crash();
        hypervisor = world.open();
        hypervisor.configure(List.of(world.spec("alpha")));
        Awaitility.await()
                .during(Duration.ofMillis(400))
                .until(() -> hypervisor.guests(LONG).isEmpty());
        assertThat(failure(() -> hypervisor.inspect(guest, LONG)).code()).isEqualTo(BackendException.GUEST_GONE);
    }

    private Guest start() {
        world.start("alpha");
        return known();
    }

    private Guest known() {
        Awaitility.await()
                .until(() -> hypervisor.guests(LONG).stream()
                        .anyMatch(guest -> guest.state().acceptsChanges()));
        return hypervisor.guests(LONG).get(0);
    }

    private List<String> commands() {
        return world.guest("alpha").commands();
    }

    private void awaitCommand(String name) {
        Awaitility.await().until(() -> commands().stream().anyMatch(line -> line.contains(name)));
    }

    private List<Integer> free(Guest guest) {
        return hypervisor.inspect(guest, LONG).controllers().get(0).ports().stream()
                .filter(GuestPort::free)
                .map(GuestPort::number)
                .toList();
    }

    private AttachRequest request(Guest guest, UsbDevice device, int port) {
        GuestPort to =
                hypervisor.inspect(guest, LONG).controllers().get(0).ports().get(port - 1);
        return new AttachRequest(guest, device, to, LONG);
    }

    private CompletableFuture<Void> detach(Guest guest, Attachment attachment) {
        return CompletableFuture.runAsync(() -> hypervisor.detach(new DetachRequest(guest, attachment, true, LONG)));
    }

    private static UsbDevice settled(UsbDevice device) {
        return UsbDevice.builder(device.path(), device.address(), device.generation(), device.id())
                .initialized(true)
                .build();
    }

    private static BackendException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(BackendException.class, call);
    }

    private static BackendException cause(CompletableFuture<Void> call) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS));
        return (BackendException) failure.getCause();
    }
}
