package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import io.autousb.linux.Flock;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.xen.store.FakeFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of libxl's ledger, whatever happens on the way. */
@Timeout(60)
class XenQmpHypervisorTest extends XenQmpTests {

    @Test
    void attach_writesMarkAndPortBeforeQemuIsAsked() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> seen = new TreeMap<>();
        qemu().before("device_add", () -> seen.putAll(world.ledger(ALPHA)));

        Attachment made = attach(device, port);

        String vusb = world.domain(ALPHA).vusb();
        assertThat(port.number()).as("from the top").isEqualTo(XenFixture.PORTS);
        assertThat(seen).containsEntry(vusb + "/0/port/15", device.path().toString());
        assertThat(seen).containsValue(markOf(device));
        assertThat(made.handle()).isEqualTo("xenusb-2-" + device.address().device());
        assertThat(world.port(ALPHA, 15)).contains(device.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(device));
    }

    @Test
    void attach_whenQemuRefuses_leavesXenstoreAsItWas() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        world.refuseNextAttach(ALPHA, "no");

        failure(() -> attach(device, port));

        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void attach_whenXlHasTakenThePort_failsWithPortBusyAndAsksNothing() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.xenstored().put(world.domain(ALPHA).vusb() + "/0/port/15", "3-1");
        Map<String, String> before = ledger();

        BackendException busy = failure(() -> attach(device, port));

        assertThat(busy.is(BackendException.PORT_BUSY)).isTrue();
        assertThat(busy.retry()).isEqualTo(Retry.NOW);
        assertThat(ledger()).isEqualTo(before);
        assertThat(qemu().commands()).noneMatch(line -> line.contains("device_add"));
    }

    @Test
    void attach_whenDeviceIsGone_writesNothing() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.unplug(device);
        long writes = world.xenstored().requests("WRITE");

        assertThat(failure(() -> attach(device, port)).is(BackendException.DEVICE_GONE))
                .isTrue();

        assertThat(world.xenstored().requests("WRITE")).isEqualTo(writes);
    }

    @Test
    void attach_whenAnswerIsLostAndNothingWasDone_isTakenBackByTheNextInspection() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        world.loseNextAnswer(ALPHA, false);

        assertThat(failure(() -> attach(device, port)).outcomeUnknown()).isTrue();
        assertThat(world.port(ALPHA, 15))
                .as("nobody knows yet")
                .contains(device.path().toString());

        assertThat(inspect().attachments()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
        assertThat(freePort()).isEqualTo(port);
    }

    @Test
    void attach_whenAnswerIsLostAndItWasDone_staysInXenstore() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        world.loseNextAnswer(ALPHA, true);

        assertThat(failure(() -> attach(device, port)).outcomeUnknown()).isTrue();

        assertThat(inspect().attachments()).extracting(Attachment::ours).containsExactly(true);
        assertThat(world.port(ALPHA, 15)).contains(device.path().toString());
        assertThat(mark(15)).isEqualTo(markOf(device));
    }

    @Test
    void attach_whenXenstoreDoesNotAnswerTheClaim_isTakenBackByTheNextInspection() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        world.xenstored().faults().next("TRANSACTION_END", FakeFaults.Fault.CUT_AFTER);

        failure(() -> attach(device, port));

        await().atMost(TIME)
                .ignoreExceptions()
                .until(() -> inspect().attachments().isEmpty());
        assertThat(ledger()).isEqualTo(before);
        assertThat(qemu().commands()).noneMatch(line -> line.contains("device_add"));
    }

    @Test
    void attach_whenGuestGoesInBetween_leavesNothingOfIt() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        XenFixture.Domain domain = world.domain(ALPHA);
        qemu().before("device_add", () -> {
            world.xenstored().delete("/vm/" + domain.uuid());
            world.xenstored().delete(domain.node());
            world.xenstored().delete(domain.libxl());
        });
        world.refuseNextAttach(ALPHA, "no");

        failure(() -> attach(device, port));

        assertThat(world.xenstored().dump(domain.libxl())).isEmpty();
        assertThat(failure(this::inspect).is(BackendException.GUEST_GONE)).isTrue();
    }

    @Test
    void detach_clearsThePortBeforeQemuIsAskedAndTheMarkAfterIt() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        Map<String, String> before = ledger();
        Attachment made = attach(device);
        Map<String, String> seen = new TreeMap<>();
        qemu().before("device_del", () -> seen.putAll(world.ledger(ALPHA)));

        detach(made, true);

        assertThat(seen).doesNotContainKey(world.domain(ALPHA).vusb() + "/0/port/15");
        assertThat(seen).containsValue(markOf(device));
        assertThat(world.port(ALPHA, 15)).as("written, not removed").contains("");
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_whenGuestRefuses_writesThePortBack() {
        run();
        Attachment made = attach(world.plug(Gadget.keyboard()));
        Map<String, String> before = ledger();

        assertThat(refusedDetach(made).outcomeUnknown()).isFalse();

        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_whenGuestRefusesAndTheHostHasLostTheDevice_leavesThePortFreeForXl() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        Attachment made = attach(device);
        world.unplug(device);

        assertThat(refusedDetach(made).outcomeUnknown()).isFalse();

        assertThat(world.port(ALPHA, 15)).contains("");
        assertThat(mark(15)).as("what tells whose it is").isEqualTo(markOf(device));
        assertThat(inspect().attachments()).extracting(Attachment::ours).containsExactly(true);
        assertThat(world.port(ALPHA, 15)).contains("");
    }

    @Test
    void detach_whenAnswerIsLostAndNothingWasDone_isWrittenBackByTheNextInspection() {
        run();
        Attachment made = attach(world.plug(Gadget.keyboard()));
        Map<String, String> before = ledger();
        world.loseNextAnswer(ALPHA, false);

        assertThat(failure(() -> detach(made, true)).outcomeUnknown()).isTrue();
        assertThat(world.port(ALPHA, 15)).as("nobody knows yet").contains("");

        assertThat(inspect().attachments()).containsExactly(made);
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_whenAnswerIsLostAndItWasDone_isForgottenByTheNextInspection() {
        run();
        Map<String, String> before = ledger();
        Attachment made = attach(world.plug(Gadget.keyboard()));
        world.loseNextAnswer(ALPHA, true);

        assertThat(failure(() -> detach(made, true)).outcomeUnknown()).isTrue();

        assertThat(inspect().attachments()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_ofWhatXlAttached_clearsItsPort() {
        run();
        Map<String, String> before = ledger();
        world.attachByHand(ALPHA, world.plug(Gadget.keyboard()), freePort(), Foreign.NAMED);

        detach(inspect().attachments().get(0), true);

        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void detach_ofWhatXlHasReplacedMeanwhile_leavesTheOtherAlone() {
        run();
        GuestPort port = freePort();
        world.attachByHand(ALPHA, world.plug(Gadget.keyboard()), port, Foreign.NAMED);
        Attachment old = inspect().attachments().get(0);
        world.detachByHand(ALPHA, old);
        world.attachByHand(ALPHA, world.plug(Gadget.keyboard()), port, Foreign.NAMED);
        Map<String, String> before = ledger();

        detach(old, true);

        assertThat(ledger()).isEqualTo(before);
        assertThat(inspect().attachments()).hasSize(1);
    }

    @Test
    void inspect_afterXlDetachedWhatWasOurs_removesTheMarkToo() {
        run();
        Map<String, String> before = ledger();
        Attachment made = attach(world.plug(Gadget.keyboard()));

        world.detachByHand(ALPHA, made);

        assertThat(inspect().attachments()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void inspect_leavesMarksOfOthersRunsAlone() {
        run();
        world.xenstored()
                .put(world.domain(ALPHA).libxl() + "/auto-usb-attach/vusb/0/3", markOf(world.plug(Gadget.keyboard())));
        Map<String, String> before = ledger();

        List<GuestPort> ports = inspect().controllers().get(0).ports();

        assertThat(ledger()).isEqualTo(before);
        assertThat(ports)
                .filteredOn(port -> !port.free())
                .extracting(GuestPort::number)
                .containsExactly(3);
    }

    @Test
    void inspect_ofAGhost_doesNotShowIt() {
        run();
        world.putController(ALPHA, 1, 6);

        assertThat(inspect().controllers()).extracting(GuestController::id).containsExactly("xenusb-0.0");
    }

    @Test
    void anyCall_whileLibxlIsMakingTheGuest_leavesItAlone() throws IOException {
        run();
        XenFixture.Domain domain = world.domain(ALPHA);
        Files.delete(world.configuration(domain.domid(), domain.uuid()));
        GuestPort port = new GuestPort("xenusb-0.0", 15, Set.of(), true);
        UsbDevice device = world.plug(Gadget.keyboard());
        Map<String, String> before = ledger();

        assertThat(only().state()).isEqualTo(GuestState.TRANSIENT);
        for (Runnable call : List.<Runnable>of(
                () -> hypervisor.inspect(guest, SHORT),
                () -> attach(device, port),
                () -> hypervisor.addController(new AddControllerRequest(guest, 3, TIME)))) {
            BackendException refused = failure(call);
            assertThat(refused.is(BackendException.REFUSED)).isTrue();
            assertThat(refused.retry()).isEqualTo(Retry.ON_CHANGE);
        }

        assertThat(qemu().commands()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void anyCall_whileTheDeviceModelDoesNotRun_leavesItAlone() {
        run();
        world.xenstored()
                .delete("/local/domain/0/device-model/" + world.domain(ALPHA).domid());

        assertThat(failure(() -> hypervisor.inspect(guest, SHORT)).retry()).isEqualTo(Retry.ON_CHANGE);

        assertThat(qemu().commands()).isEmpty();
    }

    @Test
    void attach_whileSomebodyHasLibxlsLock_waitsAndChangesNothing() throws IOException {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        int commands = qemu().commands().size();
        try (Flock held = Flock.tryLock(lock()).orElseThrow()) {
            BackendException busy = failure(() -> hypervisor.attach(new AttachRequest(guest, device, port, SHORT)));

            assertThat(busy.is(BackendException.BUSY)).isTrue();
            assertThat(busy.outcomeUnknown()).isFalse();
            assertThat(qemu().commands()).hasSize(commands);
            assertThat(ledger()).isEqualTo(before);
        }
        assertThat(attach(device, port).ours()).isTrue();
    }

    @Test
    void attach_whileARudeClientHasTheMonitor_saysBusyAndChangesNothing() throws IOException {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        GuestPort port = freePort();
        Map<String, String> before = ledger();
        Path socket =
                world.root().resolve("run/xen/qmp-libxl-" + world.domain(ALPHA).domid());
        try (UnixSocketConnection rude = UnixSocketConnection.connect(socket, TIME)) {
            BackendException busy = failure(() -> hypervisor.attach(new AttachRequest(guest, device, port, SHORT)));

            assertThat(busy.is(BackendException.BUSY)).isTrue();
            assertThat(busy.outcomeUnknown()).isFalse();
            assertThat(ledger()).isEqualTo(before);
        }
    }

    @Test
    void anyCall_leavesTheMonitorAndItsLockToLibxlAfterwards() throws IOException {
        run();
        attach(world.plug(Gadget.keyboard()));

        assertThat(Files.exists(lock())).isFalse();
        await().atMost(TIME).until(() -> !qemu().hasClient());
    }

    /** With dm_restrict and a user that guests share, neither tells xenstore. */
    @Test
    void inspect_whenTheDeviceModelRunsAsAnotherAndDoesNotSayThatItRuns_saysWhyAndWhatToDo() throws IOException {
        world.start(ALPHA);
        world.xenstored()
                .delete("/local/domain/0/device-model/" + world.domain(ALPHA).domid() + "/state");
        Path status = world.root().resolve("proc/" + ProcessHandle.current().pid() + "/status");
        Files.writeString(status, "Name:\tqemu\nUid:\t997\t997\t997\t997\n");
        watch(world.spec(ALPHA));
        guest = only();

        BackendException unsupported = failure(this::inspect);

        assertThat(unsupported.is(BackendException.UNSUPPORTED)).isTrue();
        assertThat(unsupported.what()).contains("dm_restrict");
    }

    @ParameterizedTest
    @CsvSource({
        "hvm,image/device-model-domid,4242,stub domain",
        "hvm,image/device-model-kill-uid,131072,dm_restrict",
        "pv,name,alpha,PV guest",
        "pvh,name,alpha,PVH guest",
        "other,name,alpha,guest of unknown type"
    })
    void anyCall_toAGuestThatCannotBeServed_saysWhyAndWhatToDo(String type, String node, String value, String why) {
        world.start(ALPHA, type);
        world.xenstored().put(world.domain(ALPHA).node() + "/" + node, value);
        if (node.endsWith("domid")) {
            world.xenstored()
                    .put(
                            "/local/domain/4242/device-model/"
                                    + world.domain(ALPHA).domid() + "/state",
                            "running");
        }
        watch(world.spec(ALPHA));
        guest = only();

        BackendException unsupported = failure(this::inspect);

        assertThat(unsupported.is(BackendException.UNSUPPORTED)).isTrue();
        assertThat(unsupported.retry()).isEqualTo(Retry.NEVER);
        assertThat(unsupported.what()).contains(why);
        assertThat(unsupported.remedy()).isNotBlank();
        assertThat(qemu().commands()).isEmpty();
    }

    @Test
    void anyCall_toAGuestWithoutQemu_saysWhyAndWhatToDo() {
        world.start(ALPHA);
        world.xenstored().put(world.domain(ALPHA).libxl() + "/dm-version", "qemu_xen_traditional");
        watch(world.spec(ALPHA));
        guest = only();

        BackendException unsupported = failure(this::inspect);

        assertThat(unsupported.is(BackendException.UNSUPPORTED)).isTrue();
        assertThat(unsupported.remedy()).contains("device_model_version=\"qemu-xen\"");
        assertThat(qemu().commands()).isEmpty();
    }

    @Test
    void guests_ofAnotherAdapter_areShownOnlyIfThisOneIsNamedForThem() {
        world.start(ALPHA, "pv");
        watch(new GuestSpec(ALPHA, Map.of(), false));

        assertThat(hypervisor.guests(TIME)).isEmpty();

        hypervisor.configure(List.of(new GuestSpec(ALPHA, Map.of(), true)));
        assertThat(hypervisor.guests(TIME)).hasSize(1);
    }

    @Test
    void configure_withLibxlsOwnMonitor_isInvalid() {
        hypervisor = world.open();

        BackendException invalid = failure(() ->
                hypervisor.configure(List.of(new GuestSpec(ALPHA, Map.of("qmp-socket", "/run/xen/qmp-libxl-7")))));

        assertThat(invalid.is(BackendException.INVALID)).isTrue();
        assertThat(invalid.remedy()).isNotBlank();
    }

    @Test
    void attach_toAControllerThatLibxlDoesNotKnow_isMarkedByItsId() {
        run();
        qemu().byHand("device_add", "{\"driver\": \"qemu-xhci\", \"id\": \"own\", \"p2\": 4, \"p3\": 4}");
        Map<String, String> before = ledger();
        GuestController own = inspect().controllers().get(1);
        assertThat(own.id()).isEqualTo("own.0");

        Attachment made = attach(world.plug(Gadget.keyboard()), own.ports().get(0));

        assertThat(made.ours()).isTrue();
        assertThat(made.handle()).startsWith("autousb-");
        assertThat(inspect().attachments()).containsExactly(made);
        assertThat(ledger()).isEqualTo(before);
        detach(made, true);
        assertThat(inspect().attachments()).isEmpty();
    }

    @Test
    void repair_ofADeadPort_clearsObjectAndPort() {
        run();
        UsbDevice device = world.plug(Gadget.keyboard());
        Map<String, String> before = ledger();
        world.attachByHand(ALPHA, device, freePort(), Foreign.NAMED);
        world.unplug(device);

        RepairResult result = hypervisor.repair(new RepairRequest(RepairRequest.Depth.THOROUGH, false, TIME));

        assertThat(result.notices()).extracting(RepairNotice::outcome).containsExactly(RepairNotice.Outcome.REPAIRED);
        assertThat(inspect().attachments()).isEmpty();
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void calls_withAMonitorOfItsOwnFoundByArguments_leaveLibxlsAlone() throws IOException {
        world.start(ALPHA);
        Path own = world.root().resolve("own.sock");
        try (FakeQemu dedicated = ownMonitor(own)) {
            watch(world.spec(ALPHA));
            guest = only();

            assertThat(inspect().controllers()).hasSize(1);
            assertThat(inspect().controllers()).hasSize(1);

            assertThat(qemu().commands()).isEmpty();
            assertThat(dedicated.commands())
                    .filteredOn(line -> line.contains("qmp_capabilities"))
                    .hasSize(1);
        }
    }

    @Test
    void calls_whenTheMonitorOfItsOwnIsLost_useLibxls() throws IOException {
        world.start(ALPHA);
        FakeQemu dedicated = ownMonitor(world.root().resolve("own.sock"));
        watch(world.spec(ALPHA));
        guest = only();
        inspect();
        assertThat(qemu().commands()).isEmpty();

        dedicated.close();

        await().atMost(TIME)
                .ignoreExceptions()
                .until(() -> inspect().controllers().size() == 1
                        && !qemu().commands().isEmpty());
        assertThat(attach(world.plug(Gadget.keyboard())).ours()).isTrue();
    }

    @Test
    void calls_whenTheDeviceModelIsAnotherProcessThanListens_useLibxls() throws IOException {
        world.start(ALPHA);
        long other = ProcessHandle.current().pid() + 1;
        Path process = Files.createDirectories(world.root().resolve("proc/" + other));
        Files.writeString(process.resolve("stat"), "1 (q) S 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
        world.xenstored().put(world.domain(ALPHA).node() + "/image/device-model-pid", Long.toString(other));
        try (FakeQemu impostor = ownMonitor(other, world.root().resolve("own.sock"))) {
            watch(world.spec(ALPHA));
            guest = only();

            assertThat(inspect().controllers()).hasSize(1);

            assertThat(impostor.commands()).isEmpty();
            assertThat(qemu().commands()).isNotEmpty();
        }
    }

    @Test
    void guests_withAMonitorOfTheirOwn_showAPause() throws IOException {
        world.close();
        world = XenFixture.dedicated();
        run();
        inspect();

        world.setState(ALPHA, GuestState.PAUSED);

        await().atMost(TIME).until(() -> only().state() == GuestState.PAUSED);
        assertThat(only().instance()).isEqualTo(guest.instance());
    }
}
