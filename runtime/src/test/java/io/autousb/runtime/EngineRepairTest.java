package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static io.autousb.runtime.FakeHypervisor.hangs;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import io.autousb.runtime.EngineEvent.LeftoverFound;
import io.autousb.runtime.EngineEvent.RepairFailed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When hypervisors are asked to clear what is left over, and what is told of it. */
class EngineRepairTest {

    private static final Duration DELAY = Timings.DEFAULT.repairDelay();
    private static final Duration OVERDUE = Timings.DEFAULT.repair().plus(Timings.DEFAULT.grace());
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private final Bench bench = new Bench();

    @BeforeEach
    void begin() {
        bench.hypervisor.start("a");
        bench.host.plug("1-1");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    /** A start, with the looks that belong to it behind. */
    private void started() {
        bench.start("a 1-1 1-2");
        bench.pass(DELAY);
        assertThat(depths()).containsExactly(Depth.THOROUGH);
        bench.hypervisor.repairs.clear();
        bench.other.repairs.clear();
    }

    private void goes(String path) {
        bench.host.unplug(path);
        bench.pass(DELAY);
    }

    private List<Depth> depths() {
        return bench.hypervisor.repairs.stream().map(RepairRequest::depth).toList();
    }

    private List<String> told() {
        return bench.told(LeftoverFound.class).stream()
                .map(event -> event.notice().toString())
                .toList();
    }

    private static RepairResult found(Outcome outcome) {
        return new RepairResult(List.of(RepairNotice.of("guest b", "a dead port", outcome)), Optional.empty());
    }

    private static BackendException.Builder broken() {
        return BackendException.of(BackendException.IO, "it broke");
    }

    @Test
    void start_looksThoroughlyAtAllHypervisorsOnce() {
        bench.start("a 1-1");
        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.hypervisor.repairs)
                .containsExactly(new RepairRequest(Depth.THOROUGH, false, Timings.DEFAULT.repair()));
        assertThat(bench.other.repairs).hasSize(1);
    }

    @Test
    void start_looksNotBeforeTheFirstAttachesHaveEnded() {
        bench.hypervisor.next("attach", hangs());
        bench.start("a 1-1");
        bench.pass(DELAY.multipliedBy(3));
        assertThat(bench.hypervisor.repairs).isEmpty();

        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(depths()).containsExactly(Depth.THOROUGH);
    }

    @Test
    void start_looksNotBeforeGuestsAreKnown() {
        bench.hypervisor.next("inspect", hangs());
        bench.start("a 1-1");
        bench.pass(DELAY.multipliedBy(3));
        assertThat(bench.hypervisor.repairs).isEmpty();

        bench.threads.release("guest-a");
        bench.settle();
        assertThat(depths()).containsExactly(Depth.THOROUGH);
    }

    @Test
    void start_doesNotWaitForAHypervisorThatNeverListsItsGuests() {
        bench.other.next("guests", hangs());
        bench.start("a 1-1");
        bench.pass(DELAY.multipliedBy(3));
        assertThat(bench.hypervisor.repairs).isEmpty();

        bench.pass(Timings.DEFAULT.list().plus(Timings.DEFAULT.grace()));
        assertThat(depths()).containsExactly(Depth.THOROUGH);
    }

    @Test
    void start_doesNotWaitForAGuestThatIsStuck() {
        bench.hypervisor.always("inspect", hangs());
        bench.start("a 1-1");

        bench.pass(Timings.DEFAULT.inspect().plus(Timings.DEFAULT.grace()));

        assertThat(depths()).containsExactly(Depth.THOROUGH);
    }

    @Test
    void deviceGone_isFollowedByOneQuickLook() {
        started();

        bench.host.unplug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.repairs).isEmpty();
        bench.pass(Duration.ofMinutes(5));

        assertThat(depths()).containsExactly(Depth.QUICK);
        assertThat(bench.other.repairs).hasSize(1);
    }

    @Test
    void deviceGone_beforeTheFirstLook_leavesThatThorough() {
        bench.start("a 1-1");
        goes("1-1");

        assertThat(depths()).containsExactly(Depth.THOROUGH);
    }

    @Test
    void deviceGone_thatNobodyWants_isFollowedByALookToo() {
        bench.host.plug("5-1");
        started();

        goes("5-1");

        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void devicesGone_oneAfterTheOther_areFollowedByOneLook() {
        bench.host.plug("5-1");
        bench.host.plug("5-2");
        started();

        bench.host.unplug("5-1");
        bench.pass(DELAY.dividedBy(2));
        bench.host.unplug("5-2");
        bench.pass(Duration.ofMinutes(5));

        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void devicesThatComeAndGo_areFollowedByALookWhenThatHasEnded() {
        started();
        bench.host.unplug("1-1");
        for (int i = 0; i < 3; i++) {
            bench.pass(DELAY.minusMillis(1));
            assertThat(bench.hypervisor.repairs).isEmpty();
            bench.host.plug("5-" + (i + 1));
            bench.settle();
        }

        bench.pass(DELAY);

        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void devicesThatComeAndGo_putALookOffForAWhileOnly() {
        started();
        bench.host.unplug("1-1");
        bench.settle();
        Duration step = DELAY.dividedBy(2);
        Duration passed = Duration.ZERO;
        for (int i = 0; bench.hypervisor.repairs.isEmpty(); i++) {
            assertThat(passed).isLessThanOrEqualTo(DELAY.plus(Timings.DEFAULT.repairPatience()));
            bench.host.plug("5-" + (i + 1));
            bench.pass(step);
            passed = passed.plus(step);
        }

        assertThat(passed).isGreaterThanOrEqualTo(Timings.DEFAULT.repairPatience());
        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void deviceGone_isLookedAtAfterItsOwnDetachHasEnded() {
        started();
        bench.hypervisor.next("detach", hangs());

        goes("1-1");
        assertThat(bench.hypervisor.repairs).isEmpty();
        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.hypervisor.has("a")).isEmpty();
        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void deviceGone_isNotLookedAtWhileAnotherIsAttached() {
        started();
        bench.hypervisor.next("attach", hangs());

        bench.host.plug("1-2");
        bench.settle();
        goes("1-1");
        assertThat(bench.hypervisor.repairs).isEmpty();
        bench.threads.release("guest-a");
        bench.settle();

        assertThat(depths()).containsExactly(Depth.QUICK);
    }

    @Test
    void deviceGone_whileALookIsUnderWay_isFollowedByAnotherAfterIt() {
        bench.host.plug("5-1");
        started();
        bench.hypervisor.next("repair", hangs());
        goes("1-1");

        goes("5-1");
        assertThat(bench.hypervisor.repairs).hasSize(1);
        bench.threads.release("repair-fake");
        bench.pass(DELAY);

        assertThat(bench.hypervisor.repairs).hasSize(2);
    }

    @Test
    void look_thatTakesLong_delaysNoPlug() {
        started();
        bench.hypervisor.next("repair", hangs());
        goes("1-1");
        assertThat(bench.threads.hanging()).containsExactly("repair-fake");

        bench.host.plug("1-2");
        bench.settle();

        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
    }

    @Test
    void looks_ofSeveralHypervisors_areMadeOneAfterTheOther() {
        bench.hypervisor.next("repair", hangs());
        bench.other.next("repair", hangs());
        bench.start("a 1-1");

        bench.pass(DELAY);
        assertThat(bench.threads.hanging()).hasSize(1);
        bench.threads.release(bench.threads.hanging().get(0));
        bench.settle();

        assertThat(bench.threads.hanging()).hasSize(1);
        assertThat(bench.hypervisor.repairs).hasSize(1);
        assertThat(bench.other.repairs).hasSize(1);
    }

    @Test
    void look_thatDoesNotComeBack_keepsNoOtherHypervisorFromIt() {
        bench.hypervisor.always("repair", hangs());
        bench.start("a 1-1");

        bench.pass(DELAY.plus(OVERDUE).plus(DELAY));

        assertThat(bench.other.repairs).hasSize(1);
        assertThat(bench.told(RepairFailed.class))
                .extracting(RepairFailed::hypervisor)
                .containsExactly("fake");
    }

    @Test
    void look_thatDoesNotComeBack_holdsUpNoLaterLookOfTheOthers() {
        started();
        bench.hypervisor.next("repair", hangs());
        goes("1-1");
        bench.pass(OVERDUE);
        assertThat(bench.other.repairs).hasSize(1);

        bench.host.plug("1-1");
        bench.settle();
        goes("1-1");

        assertThat(bench.other.repairs).hasSize(2);
    }

    @Test
    void look_thatDoesNotComeBack_isNotMadeASecondTime() {
        started();
        bench.hypervisor.next("repair", hangs());
        goes("1-1");
        bench.pass(OVERDUE);

        bench.host.plug("1-1");
        bench.settle();
        goes("1-1");
        assertThat(bench.hypervisor.repairs).hasSize(1);
        bench.threads.release("repair-fake");
        bench.settle();

        assertThat(bench.hypervisor.repairs).hasSize(2);
    }

    @Test
    void look_thatFoundWorkUnderWay_isMadeAgainWhenItSaysSo() {
        bench.hypervisor.leftovers =
                new RepairResult(List.of(RepairNotice.of("guest b", "a ghost", Outcome.AWAITED)), Optional.of(SETTLE));
        bench.start("a 1-1");
        bench.pass(DELAY);
        bench.hypervisor.leftovers = RepairResult.NOTHING;

        bench.pass(SETTLE.minusMillis(1));
        assertThat(bench.hypervisor.repairs).hasSize(1);
        bench.pass(Duration.ofMillis(1));
        assertThat(depths()).containsExactly(Depth.THOROUGH, Depth.THOROUGH);
        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.hypervisor.repairs).hasSize(2);
    }

    @Test
    void leftover_isToldWithWhatWasDone() {
        bench.hypervisor.leftovers = found(Outcome.REPAIRED);
        started();

        LeftoverFound event = bench.told(LeftoverFound.class).get(0);
        assertThat(event.hypervisor()).isEqualTo("fake");
        assertThat(event.notice()).isEqualTo(found(Outcome.REPAIRED).notices().get(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"AWAITED", "REPORTED"})
    void leftover_thatStays_isToldOnce(Outcome outcome) {
        bench.hypervisor.leftovers = found(outcome);
        started();

        goes("1-1");

        assertThat(depths()).containsExactly(Depth.QUICK);
        assertThat(told()).hasSize(1);
    }

    @Test
    void leftover_thatStaysForAnotherReason_isToldAgain() {
        bench.hypervisor.leftovers = new RepairResult(
                List.of(RepairNotice.failed("guest b", "a dead port", broken().build())), Optional.empty());
        started();
        bench.hypervisor.leftovers = found(Outcome.REPAIRED);

        goes("1-1");

        assertThat(told())
                .containsExactly(
                        "guest b: a dead port: could not be repaired: it broke", "guest b: a dead port: repaired");
    }

    @Test
    void leftover_thatWasGoneInBetween_isToldAgain() {
        bench.host.plug("5-1");
        bench.host.plug("5-2");
        bench.hypervisor.leftovers = found(Outcome.REPORTED);
        started();
        goes("1-1");

        bench.hypervisor.leftovers = RepairResult.NOTHING;
        goes("5-1");
        bench.hypervisor.leftovers = found(Outcome.REPORTED);
        goes("5-2");

        assertThat(told()).hasSize(2);
    }

    @Test
    void leftover_thatAQuickLookDoesNotSee_isNotToldAgainForThat() {
        bench.hypervisor.leftovers = new RepairResult(found(Outcome.REPORTED).notices(), Optional.of(SETTLE));
        bench.start("a 1-1");
        bench.pass(DELAY);
        bench.hypervisor.leftovers = RepairResult.NOTHING;
        bench.hypervisor.next("repair", real -> RepairResult.NOTHING);

        goes("1-1");
        bench.hypervisor.leftovers = found(Outcome.REPORTED);
        bench.pass(SETTLE);

        assertThat(told()).hasSize(1);
    }

    @Test
    void leftover_thatIsRepairedEachTime_isToldEachTime() {
        bench.hypervisor.leftovers = found(Outcome.REPAIRED);
        started();

        goes("1-1");

        assertThat(told()).hasSize(2);
    }

    @Test
    void look_thatFails_isToldOnceAndMadeAgain() {
        bench.hypervisor.next("repair", fails(broken()));
        bench.hypervisor.next("repair", fails(broken()));

        bench.start("a 1-1");
        bench.pass(DELAY.plusMillis(500));

        assertThat(depths()).containsExactly(Depth.THOROUGH, Depth.THOROUGH, Depth.THOROUGH);
        assertThat(bench.told(RepairFailed.class))
                .containsExactly(new RepairFailed(
                        "fake",
                        bench.told(RepairFailed.class).get(0).cause(),
                        Optional.of(Timings.DEFAULT.firstBackOff())));
    }

    @Test
    void look_thatFailsAlways_restsUntilTheNextDeviceHasGone() {
        bench.hypervisor.always("repair", fails(broken()));
        bench.start("a 1-1");

        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.hypervisor.repairs).hasSize(Timings.DEFAULT.maxFailures());
        goes("1-1");

        assertThat(bench.hypervisor.repairs).hasSize(Timings.DEFAULT.maxFailures() + 1);
        assertThat(bench.told(RepairFailed.class)).hasSize(1);
    }

    @Test
    void look_thatFailsForGood_isNotMadeAgainForThat() {
        bench.hypervisor.next("repair", fails(broken().retry(Retry.NEVER)));
        bench.start("a 1-1");

        bench.pass(Duration.ofMinutes(10));

        assertThat(bench.hypervisor.repairs).hasSize(1);
        assertThat(bench.told(RepairFailed.class))
                .extracting(RepairFailed::retryIn)
                .containsExactly(Optional.empty());
    }

    @Test
    void look_thatBreaksItsContract_harmsNothing() {
        bench.hypervisor.next("repair", real -> {
            throw new IllegalStateException("oops");
        });
        bench.start("a 1-1");
        bench.pass(DELAY);

        assertThat(bench.told(RepairFailed.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @ParameterizedTest
    @EnumSource(
            value = EngineMode.class,
            names = {"SERVE_WITHOUT_REPAIR", "PLAN", "PLAN_WITHOUT_REPAIR"})
    void look_ofAnEngineThatMayNotRepair_onlyReports(EngineMode mode) {
        try (Bench careful = new Bench(mode, null)) {
            careful.hypervisor.start("a");
            careful.start("a 1-1");
            careful.pass(DELAY);

            assertThat(careful.hypervisor.repairs)
                    .extracting(RepairRequest::reportOnly)
                    .containsExactly(true);
        }
    }
}
