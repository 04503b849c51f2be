package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static io.autousb.runtime.FakeHypervisor.failsAfterwards;
import static io.autousb.runtime.FakeHypervisor.hangs;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.port.BackendException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that do not come back, or whose outcome nobody knows: an inspection decides. */
class EngineOutcomeTest {

    private static final Duration LATE =
            Timings.DEFAULT.change().plus(Timings.DEFAULT.grace()).plusMillis(1);

    private final Bench bench = new Bench();

    @BeforeEach
    void begin() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.start("a 1-1 1-2", "b 1-3");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    private static BackendException.Builder timeout() {
        return BackendException.of(BackendException.TIMEOUT, "no answer").outcomeUnknown();
    }

    @Test
    void attach_ofUnknownOutcome_thatHappened_isFoundOut() {
        bench.hypervisor.next("attach", failsAfterwards(timeout()));
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.told(EngineEvent.OutcomeUnknown.class)).hasSize(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("attach")).isEqualTo(1);
    }

    @Test
    void attach_ofUnknownOutcome_thatDidNotHappen_isTriedAgainLater() {
        bench.hypervisor.next("attach", fails(timeout()));
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.calls("attach")).isEqualTo(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.WAITING);
        bench.pass(100);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_whoseOutcomeIsUnknownTimeAndAgain_restsInTheEnd() {
        bench.hypervisor.always("attach", fails(timeout()));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("attach")).isEqualTo(8);
    }

    @Test
    void attach_ofUnknownOutcome_keepsTheDeviceFromOthersUntilTheInspection() {
        bench.hypervisor.next("attach", failsAfterwards(timeout()));
        bench.hypervisor.next("inspect a", hangs());
        bench.host.plug("1-1");
        bench.settle();
        bench.reconfigure("a 1-2", "b 1-1");
        assertThat(bench.calls("attach b")).isZero();
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
        assertThat(bench.hypervisor.has("a")).isEmpty();
    }

    @Test
    void detach_ofUnknownOutcome_thatHappened_isNoRemovalByAnotherHand() {
        bench.host.plug("1-1");
        bench.settle();
        bench.hypervisor.next("detach", failsAfterwards(timeout()));
        bench.reconfigure("a 1-2", "b 1-1");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void detach_ofUnknownOutcome_thatDidNotHappen_isTriedAgain() {
        bench.host.plug("1-1");
        bench.settle();
        bench.hypervisor.next("detach", fails(timeout()));
        bench.reconfigure("a 1-2", "b 1-1");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void call_thatDoesNotComeBack_marksTheGuestStuckOnce() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.pass(LATE.minusMillis(100));
        assertThat(bench.told(EngineEvent.GuestStuck.class)).isEmpty();
        bench.pass(Duration.ofMinutes(30));
        assertThat(bench.told(EngineEvent.GuestStuck.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.GuestStuck.class).get(0).doing()).contains("attach 1-1");
    }

    @Test
    void stuckGuest_getsNoSecondCallBeforeTheFirstIsBack() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.pass(LATE);
        int before = bench.hypervisor.count("inspect a");
        bench.host.plug("1-2");
        bench.hypervisor.attachmentsChanged("a");
        bench.hypervisor.start("a");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("attach a")).isEqualTo(1);
        assertThat(bench.hypervisor.count("inspect a")).isEqualTo(before);
    }

    @Test
    void stuckGuest_keepsItsDeviceFromOthers() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.pass(LATE);
        bench.reconfigure("a 1-2", "b 1-1");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.calls("attach b")).isZero();
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void hungGuest_delaysNoOther() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.settle();
        bench.host.plug("1-3");
        bench.settle();
        assertThat(bench.hypervisor.has("b")).containsExactly("1-3");
    }

    @Test
    void callThatIsBackWithinTheGrace_counts() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.pass(LATE.minusMillis(100));
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.told(EngineEvent.Attached.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.GuestStuck.class)).isEmpty();
    }

    @Test
    void inspection_countsOnlyWithASnapshotBegunAfterIt() {
        bench.host.hangs = true;
        bench.host.hint();
        bench.settle();
        assertThat(bench.threads.hanging()).containsExactly("host");
        // The snapshot that hangs has seen nothing of this, the inspection has.
        bench.host.hints = false;
        bench.host.plug("1-1");
        bench.hypervisor.attachByHand("a", attachmentOf("1-1"));
        bench.settle();
        bench.threads.release("host");
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).isEmpty();
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
    }

    @Test
    void hint_whileAnInspectionAwaitsItsSnapshot_doesNotSpin() {
        bench.host.hangs = true;
        bench.hypervisor.attachmentsChanged("a");
        bench.settle();
        assertThat(bench.threads.hanging()).containsExactly("host");
        bench.hypervisor.attachmentsChanged("a");
        int before = bench.threads.tasks();
        bench.pass(Duration.ofSeconds(4));
        assertThat(bench.threads.tasks() - before).isLessThan(50);
    }

    private Attachment attachmentOf(String path) {
        return Attachment.builder(FakeHypervisor.id("a"), "hand")
                .address(bench.host.devices().get(path).address())
                .build();
    }

    @Test
    void lateResult_isAHintAndTheInspectionDecides() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.pass(LATE);
        assertThat(bench.told(EngineEvent.Attached.class)).isEmpty();
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestAnswers.class)).hasSize(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
        assertThat(bench.calls("attach")).isEqualTo(1);
    }

    @Test
    void lateFailure_isNoFailureAndTheInspectionDecides() {
        bench.hypervisor.next("attach", real -> {
            ManualThreads.hang();
            throw BackendException.of(BackendException.REFUSED, "no").build();
        });
        bench.host.plug("1-1");
        bench.pass(LATE);
        bench.threads.release("guest-a");
        bench.pass(200);
        assertThat(bench.told(EngineEvent.StepFailed.class)).isEmpty();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void addController_ofUnknownOutcome_isNotRepeatedBeforeAnInspectionDecides() {
        bench.hypervisor.start("a", 0);
        bench.settle();
        bench.hypervisor.next("addController", failsAfterwards(timeout()));
        bench.hypervisor.always("inspect a", fails(BackendException.of(BackendException.BUSY, "busy")));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("controller a")).isEqualTo(1);
        bench.hypervisor.normally("inspect a");
        bench.pass(Duration.ofMinutes(1));
        assertThat(bench.calls("controller a")).isEqualTo(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_underWay_keepsTheDeviceFromOthers() {
        bench.hypervisor.next("attach", hangs());
        bench.host.plug("1-1");
        bench.settle();
        bench.reconfigure("a 1-2", "b 1-1");
        bench.pass(1000);
        assertThat(bench.calls("attach b")).isZero();
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void cure_ofUnknownOutcome_thatHappened_isNoRemovalByAnotherHand() {
        bench.host.plug("1-1");
        bench.settle();
        bench.hypervisor.next("detach", failsAfterwards(timeout()));
        bench.host.change(FakeHost.driver(bench.host.devices().get("1-1"), "usbhid"));
        bench.pass(Duration.ofSeconds(3));
        assertThat(bench.told(EngineEvent.OutcomeUnknown.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.calls("attach a")).isEqualTo(2);
    }
}
