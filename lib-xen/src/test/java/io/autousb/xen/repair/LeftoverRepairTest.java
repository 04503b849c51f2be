package io.autousb.xen.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.Recorded;
import io.autousb.xen.guest.DomainReader;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.HostUsb.Present;
import io.autousb.xen.repair.Leftover.Kind;
import io.autousb.xen.repair.RepairReport.Outcome;
import io.autousb.xen.repair.UsbObject.Controller;
import io.autousb.xen.repair.UsbObject.HostDevice;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LeftoverRepairTest {

    private static final PortPath PATH = PortPath.parse("2-1.1");
    private static final DeviceAddress OLD = new DeviceAddress(2, 6);
    private static final DeviceAddress NEW = new DeviceAddress(2, 7);
    private static final Generation OLD_STAY = new Generation("0123456789ab");
    private static final Generation NEW_STAY = new Generation("ba9876543210");
    private static final VusbPortId PORT = new VusbPortId(0, 1);
    private static final AttachmentMark MARK = AttachmentMark.of(PATH, OLD, OLD_STAY);
    private static final String PORT_NODE = "/libxl/1/device/vusb/0/port/1";
    private static final String MARK_NODE = "/libxl/1/auto-usb-attach/vusb/0/1";

    private final MemoryXenstore store = new MemoryXenstore();
    private final FakeDeviceModel model = new FakeDeviceModel();
    private final Map<PortPath, Present> host = new HashMap<>();
    private final AtomicLong now = new AtomicLong();
    private final LeftoverRepair repair =
            new LeftoverRepair(new VusbLedger(store), model, () -> new HostUsb(host), now::get);
    private XenGuest guest = FakeGuests.hvm(store, 1, "windows");

    @AfterEach
    void close() {
        store.close();
    }

    private List<RepairReport> run(Depth depth) {
        return run(repair, depth);
    }

    private List<RepairReport> run(LeftoverRepair by, Depth depth) {
        return by.run(List.of(guest), request(depth, false));
    }

    private List<RepairReport> onlyReport(Depth depth) {
        return repair.run(List.of(guest), request(depth, true));
    }

    private static RepairRequest request(Depth depth, boolean reportOnly) {
        return new RepairRequest(depth, reportOnly, Duration.ofSeconds(30));
    }

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** A device that libxl attached, and that was pulled out. */
    private void deadPort() {
        attached();
        host.clear();
    }

    private void attached() {
        FakeGuests.controller(store, 1, 0, 3, 15);
        store.put(PORT_NODE, "2-1.1");
        model.objects.add(new Controller(0));
        model.objects.add(new HostDevice("xenusb-2-6", Optional.of(PORT), Optional.of(OLD)));
        host.put(PATH, new Present(OLD, OLD_STAY));
    }

    private void ours() {
        store.put(MARK_NODE, MARK.toString());
    }

    private void ghost() {
        FakeGuests.controller(store, 1, 0, 2, 6);
    }

    private static void assertOne(List<RepairReport> reports, Kind kind, Outcome outcome) {
        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).leftover().kind()).isEqualTo(kind);
        assertThat(reports.get(0).outcome()).isEqualTo(outcome);
    }

    private static BackendException failure(String code) {
        return BackendException.of(code, "no").build();
    }

    @Test
    void run_whereAllIsWell_asksNoDeviceModelAndChangesNothing() {
        attached();
        int changes = store.changes();

        assertThat(run(Depth.QUICK)).isEmpty();

        assertThat(model.log).isEmpty();
        assertThat(store.changes()).isEqualTo(changes);
    }

    @Test
    void run_thoroughly_asksDeviceModelsThatMayHaveSomething() {
        attached();

        assertThat(run(Depth.THOROUGH)).isEmpty();

        assertThat(model.log).containsExactly("open 1");
        assertThat(model.open).isZero();
    }

    @Test
    void run_whereNothingIsAttached_doesNotReadTheHost() {
        FakeGuests.controller(store, 1, 0, 3, 15);
        LeftoverRepair blind = new LeftoverRepair(
                new VusbLedger(store),
                model,
                () -> {
                    throw failure(BackendException.IO);
                },
                now::get);

        assertThat(run(blind, Depth.QUICK)).isEmpty();
    }

    @Test
    void run_thoroughly_leavesGuestsWithoutControllersAlone() {
        assertThat(run(Depth.THOROUGH)).isEmpty();

        assertThat(model.log).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Depth.class)
    void run_overADeadPort_deletesTheObjectAndClearsThePort(Depth depth) {
        deadPort();

        List<RepairReport> reports = run(depth);

        assertOne(reports, Kind.DEAD_PORT, Outcome.CURED);
        assertThat(model.log).containsExactly("open 1", "delete xenusb-2-6");
        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(model.open).isZero();
    }

    @Test
    void run_overAReplugOfOursThatIsAttachedAnewInTheSamePort_leavesTheNewOne() {
        deadPort();
        ours();
        host.put(PATH, new Present(NEW, NEW_STAY));
        String newMark = AttachmentMark.of(PATH, NEW, NEW_STAY).toString();
        model.afterDelete = () -> store.put(MARK_NODE, newMark);

        run(Depth.QUICK);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(store.get(MARK_NODE)).contains(newMark);
    }

    @Test
    void repair_saysWhatWasFoundWhereAndWhatWasDone() {
        deadPort();

        RepairResult result = repair.repair(List.of(guest), request(Depth.QUICK, false));

        assertThat(result.notices())
                .containsExactly(RepairNotice.of(
                        "guest windows (domain 1)",
                        "controller 0 port 1 has 2-1.1, which is gone from the host",
                        RepairNotice.Outcome.REPAIRED));
        assertThat(result.again()).isEmpty();
    }

    @Test
    void repair_onlyReporting_saysSo() {
        deadPort();

        RepairResult result = repair.repair(List.of(guest), request(Depth.QUICK, true));

        assertThat(result.notices()).extracting(RepairNotice::outcome).containsExactly(RepairNotice.Outcome.REPORTED);
    }

    @Test
    void repair_thatFails_saysWhy() {
        deadPort();
        model.refusesDelete = failure(BackendException.REFUSED);

        RepairResult result = repair.repair(List.of(guest), request(Depth.QUICK, false));

        assertThat(result.notices()).extracting(RepairNotice::outcome).containsExactly(RepairNotice.Outcome.FAILED);
        assertThat(result.notices().get(0).failure()).contains(model.refusesDelete);
    }

    @Test
    void repair_overWhatMayBeWorkUnderWay_wantsAnotherLookWhenItHasStayed() {
        ghost();

        RepairResult result = repair.repair(List.of(guest), request(Depth.THOROUGH, false));

        assertThat(result.notices()).extracting(RepairNotice::outcome).containsExactly(RepairNotice.Outcome.AWAITED);
        assertThat(result.again()).contains(LeftoverRepair.SETTLE);
    }

    @Test
    void run_again_findsNothing() {
        deadPort();
        run(Depth.THOROUGH);
        int changes = store.changes();

        assertThat(run(Depth.THOROUGH)).isEmpty();
        assertThat(store.changes()).isEqualTo(changes);
    }

    @Test
    void run_overARecordedDeadPort_clearsItAndNothingElse() {
        store.drop("/libxl");
        Recorded.load(store, "hvm-dead-port");
        SortedMap<String, String> before = store.tree("/libxl");
        model.objects.add(new Controller(0));
        before.put(PORT_NODE, "");

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.CURED);

        assertThat(store.tree("/libxl")).isEqualTo(before);
    }

    @Test
    void run_overARecordedReplug_freesWhatXlCannot() {
        store.drop("/libxl");
        Recorded.load(store, "hvm-replugged");
        host.put(PATH, new Present(NEW, NEW_STAY));
        model.objects.add(new Controller(0));
        model.objects.add(new HostDevice("xenusb-2-6", Optional.of(PORT), Optional.of(OLD)));

        assertOne(run(Depth.THOROUGH), Kind.REPLUGGED_PORT, Outcome.CURED);

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(model.objects).containsExactly(new Controller(0));
    }

    @Test
    void run_overARecordedGhost_removesItWhenItHasStayed() {
        store.drop("/libxl");
        Recorded.load(store, "hvm-ghost-controller");
        FakeGuests.hvm(store, 3, "none");
        guest = DomainReader.read(store.by(Deadline.NEVER), 3).orElseThrow();

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.CURED);
        assertThat(store.tree("/libxl/3/device/vusb/0")).isEmpty();
    }

    @Test
    void run_overAReplugOfOurs_forgetsTheMark() {
        deadPort();
        ours();
        host.put(PATH, new Present(NEW, NEW_STAY));

        assertOne(run(Depth.QUICK), Kind.REPLUGGED_PORT, Outcome.CURED);

        assertThat(store.get(MARK_NODE)).isEmpty();
        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(model.objects).containsExactly(new Controller(0));
    }

    @Test
    void run_overALiveAttachmentOfAnother_neverTouchesIt() {
        attached();
        store.put(PORT_NODE, "");

        run(Depth.THOROUGH);
        passes(LeftoverRepair.SETTLE);

        assertThat(run(Depth.THOROUGH)).isEmpty();
        assertThat(model.objects).hasSize(2);
    }

    @Test
    void run_overWhatMayBeWorkUnderWay_waits() {
        ghost();

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE.minusNanos(1));

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.WAITING);
        assertThat(store.get("/libxl/1/device/vusb/0/type")).contains("devicemodel");
    }

    @Test
    void run_overWhatWasGoneInBetween_waitsAnew() {
        ghost();
        run(Depth.THOROUGH);
        model.objects.add(new Controller(0));
        run(Depth.THOROUGH);
        model.objects.clear();
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.WAITING);
    }

    @Test
    void run_quicklyInBetween_doesNotWaitAnew() {
        ghost();
        run(Depth.THOROUGH);
        passes(LeftoverRepair.SETTLE);
        run(Depth.QUICK);

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.CURED);
    }

    @Test
    void run_overAnotherLifeOfTheGuest_waitsAnew() {
        ghost();
        run(Depth.THOROUGH);
        passes(LeftoverRepair.SETTLE);
        store.put("/vm/" + guest.uuid() + "/start_time", "1795383999.00");
        guest = DomainReader.read(store.by(Deadline.NEVER), 1).orElseThrow();

        assertOne(run(Depth.THOROUGH), Kind.GHOST_CONTROLLER, Outcome.WAITING);
    }

    @Test
    void run_overAGhostThatLibxlUsesAtTheLastMoment_leavesIt() {
        ghost();
        run(Depth.THOROUGH);
        passes(LeftoverRepair.SETTLE);
        store.interfere((operation, where) -> {
            if (operation == MemoryXenstore.Operation.COMMIT) {
                store.interfere((o, w) -> {});
                store.put("/libxl/1/device/vusb/0/port/1", "2-1.1");
            }
        });

        run(Depth.THOROUGH);

        assertThat(store.get("/libxl/1/device/vusb/0/port/1")).contains("2-1.1");
    }

    @Test
    void run_overAnEmptyPort_clearsItWhenItHasStayed() {
        attached();
        ours();
        model.objects.remove(1);

        assertOne(run(Depth.THOROUGH), Kind.EMPTY_PORT, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.THOROUGH), Kind.EMPTY_PORT, Outcome.CURED);
        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void run_overALostObjectOfOurs_deletesItWhenItHasStayed() {
        attached();
        ours();
        store.put(PORT_NODE, "");

        assertOne(run(Depth.THOROUGH), Kind.LOST_OBJECT, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.THOROUGH), Kind.LOST_OBJECT, Outcome.CURED);
        assertThat(model.objects).containsExactly(new Controller(0));
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void run_onlyReporting_changesNothing() {
        deadPort();
        ours();
        int changes = store.changes();

        List<RepairReport> reports = onlyReport(Depth.THOROUGH);

        assertOne(reports, Kind.DEAD_PORT, Outcome.REPORTED);
        assertThat(store.changes()).isEqualTo(changes);
        assertThat(model.objects).hasSize(2);
    }

    @Test
    void run_onlyReportingQuickly_disturbsNoDeviceModel() {
        deadPort();

        assertOne(onlyReport(Depth.QUICK), Kind.DEAD_PORT, Outcome.REPORTED);

        assertThat(model.log).isEmpty();
    }

    @Test
    void run_whenTheMonitorIsBusy_saysSoAndLeavesThePort() {
        deadPort();
        model.refusesOpen = failure(BackendException.BUSY);

        List<RepairReport> reports = run(Depth.QUICK);

        assertOne(reports, Kind.DEAD_PORT, Outcome.FAILED);
        assertThat(reports.get(0).failure()).map(BackendException::code).contains(BackendException.BUSY);
        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void run_whenTheDeviceModelDoesNotTellWhatItHas_leavesThePort() {
        deadPort();
        model.refusesObjects = failure(BackendException.TIMEOUT);

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.FAILED);
        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(model.open).isZero();
    }

    @Test
    void run_whenTheObjectCannotBeDeleted_leavesThePort() {
        deadPort();
        ours();
        model.refusesDelete = failure(BackendException.REFUSED);

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.FAILED);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
    }

    @Test
    void run_afterAFailure_curesWhatIsLeft() {
        deadPort();
        model.refusesDelete = failure(BackendException.TIMEOUT);
        run(Depth.QUICK);
        model.refusesDelete = null;

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.CURED);
    }

    @Test
    void run_whenQemuHasEnded_freesThePorts() {
        deadPort();
        model.refusesOpen = failure(BackendException.GUEST_GONE);

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.CURED);

        assertThat(store.get(PORT_NODE)).contains("");
    }

    @Test
    void run_whileTheDeviceModelStartsOrEnds_leavesTheGuestAlone() {
        deadPort();
        store.drop("/local/domain/0/device-model/1");
        guest = DomainReader.read(store.by(Deadline.NEVER), 1).orElseThrow();

        assertThat(run(Depth.QUICK)).isEmpty();
        assertThat(model.log).isEmpty();
    }

    @Test
    void run_overAGuestThatIsGone_reportsNothing() {
        deadPort();
        FakeGuests.destroy(store, guest);

        assertThat(run(Depth.QUICK)).isEmpty();
    }

    @Test
    void run_overAGuestThatGoesInTheMiddle_reportsNothingAndWritesNothing() {
        deadPort();
        model.beforeObjects = () -> FakeGuests.destroy(store, guest);

        assertThat(run(Depth.QUICK)).isEmpty();
        assertThat(store.tree("/libxl")).doesNotContainKey("/libxl/1");
    }

    @Test
    void run_looksAgainOnceThereIsASession() {
        deadPort();
        model.beforeObjects = () -> {
            store.put(PORT_NODE, "");
            model.objects.remove(1);
        };

        assertThat(run(Depth.QUICK)).isEmpty();
        assertThat(model.log).containsExactly("open 1");
    }

    @Test
    void run_onABackendOfAnHvmGuest_needsNoDeviceModel() {
        FakeGuests.backend(store, 1, 0, "qusb", 4);
        store.put("/local/domain/0/backend/qusb/1/0/port/1", "2-1.1");

        assertOne(run(Depth.QUICK), Kind.DEAD_PORT, Outcome.CURED);

        assertThat(model.log).isEmpty();
        assertThat(store.get("/local/domain/0/backend/qusb/1/0/port/1")).contains("");
    }

    @Test
    void run_onABackend_waitsForWhatMayBeWorkUnderWay() {
        guest = FakeGuests.pv(store, 1, "para");
        FakeGuests.backend(store, 1, 0, "qusb", 4);
        ours();

        assertOne(run(Depth.QUICK), Kind.STALE_MARK, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.QUICK), Kind.STALE_MARK, Outcome.CURED);
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void run_onABackend_waitsAnewForWhatWasGoneInBetween() {
        guest = FakeGuests.pv(store, 1, "para");
        FakeGuests.backend(store, 1, 0, "qusb", 4);
        ours();
        run(Depth.QUICK);
        store.drop(MARK_NODE);
        run(Depth.QUICK);
        ours();
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.QUICK), Kind.STALE_MARK, Outcome.WAITING);
    }

    @Test
    void run_thoroughly_overAMarkWhoseControllerIsGone_forgetsItWhenItHasStayed() {
        ours();
        assertOne(run(Depth.THOROUGH), Kind.STALE_MARK, Outcome.WAITING);
        passes(LeftoverRepair.SETTLE);

        assertOne(run(Depth.THOROUGH), Kind.STALE_MARK, Outcome.CURED);

        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void run_onlyReporting_whenTheDeviceModelDoesNotTellWhatItHas_saysNotThatItFailed() {
        deadPort();
        model.refusesObjects = failure(BackendException.TIMEOUT);

        assertOne(onlyReport(Depth.THOROUGH), Kind.DEAD_PORT, Outcome.REPORTED);
    }

    @Test
    void run_overManyGuests_goesOnAfterOneThatFails() {
        deadPort();
        XenGuest other = FakeGuests.pv(store, 2, "para");
        FakeGuests.backend(store, 2, 0, "qusb", 4);
        store.put("/local/domain/0/backend/qusb/2/0/port/1", "2-2");
        model.refusesOpen = failure(BackendException.TIMEOUT);

        List<RepairReport> reports = repair.run(List.of(guest, other), request(Depth.QUICK, false));

        assertThat(reports).extracting(RepairReport::outcome).containsExactly(Outcome.FAILED, Outcome.CURED);
    }

    @Test
    void run_overManyGuests_leavesEachItsShareOfTheTime() {
        deadPort();
        XenGuest other = FakeGuests.pv(store, 2, "para");

        repair.run(List.of(guest, other), request(Depth.QUICK, false));

        assertThat(model.lastDeadline.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void run_afterAnotherThreadsRun_isNotHeldUp() {
        attached();
        assertThat(CompletableFuture.supplyAsync(() -> run(Depth.THOROUGH)).join())
                .isEmpty();

        assertThat(repair.run(List.of(guest), new RepairRequest(Depth.QUICK, false, Duration.ofSeconds(1))))
                .isEmpty();
    }

    @Test
    void run_whileAnotherIsUnderWay_isBusy() throws Exception {
        attached();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        model.beforeObjects = () -> {
            inside.countDown();
            await(goOn);
        };
        CompletableFuture<List<RepairReport>> first = CompletableFuture.supplyAsync(() -> run(Depth.THOROUGH));
        await(inside);

        BackendException why = catchThrowableOfType(
                BackendException.class,
                () -> repair.run(List.of(guest), new RepairRequest(Depth.QUICK, false, Duration.ofMillis(50))));

        assertThat(why.code()).isEqualTo(BackendException.BUSY);
        goOn.countDown();
        assertThat(first.join()).isEmpty();
    }

    @Test
    void run_whenInterrupted_isBusyAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();

        BackendException why = catchThrowableOfType(BackendException.class, () -> run(Depth.QUICK));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(why.code()).isEqualTo(BackendException.BUSY);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void run_whenXenstoreIsClosedInTheMiddle_failsWithClosed() {
        deadPort();
        model.afterDelete = store::close;

        BackendException why = catchThrowableOfType(BackendException.class, () -> run(Depth.QUICK));

        assertThat(why.code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void run_whenTheHostCannotBeRead_failsAndChangesNothing() {
        deadPort();
        LeftoverRepair blind = new LeftoverRepair(
                new VusbLedger(store),
                model,
                () -> {
                    throw failure(BackendException.IO);
                },
                now::get);

        BackendException why = catchThrowableOfType(BackendException.class, () -> run(blind, Depth.QUICK));

        assertThat(why.code()).isEqualTo(BackendException.IO);
        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void run_whateverStepOfXenstoreFails_leavesAllAsItWasOrAsItShouldBe() {
        deadPort();
        ours();
        SortedMap<String, String> before = store.tree("/libxl");
        List<UsbObject> objects = List.copyOf(model.objects);
        run(Depth.THOROUGH);
        SortedMap<String, String> after = store.tree("/libxl");
        int failures = 0;
        for (int step = 1; ; step++) {
            store.drop("/libxl");
            before.forEach(store::put);
            model.objects.clear();
            model.objects.addAll(objects);
            AtomicInteger left = new AtomicInteger(step);
            AtomicInteger made = new AtomicInteger();
            store.interfere((operation, where) -> {
                if (left.decrementAndGet() == 0) {
                    made.incrementAndGet();
                    throw failure(BackendException.IO);
                }
            });
            boolean threw = catchThrowableOfType(BackendException.class, () -> run(Depth.THOROUGH)) != null;
            store.interfere((operation, where) -> {});
            if (made.get() == 0) {
                assertThat(threw).isFalse();
                break;
            }
            failures++;
            run(Depth.THOROUGH);
            passes(LeftoverRepair.SETTLE);
            run(Depth.THOROUGH);
            assertThat(store.tree("/libxl")).as("step %d", step).isEqualTo(after);
            assertThat(model.objects).as("step %d", step).containsExactly(new Controller(0));
        }
        assertThat(failures).isGreaterThan(20);
        assertThat(model.open).isZero();
    }
}
