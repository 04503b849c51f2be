package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static io.autousb.runtime.FakeHypervisor.hangs;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.port.BackendException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guests that come, go, restart, and do not answer. */
class EngineGuestTest {

    private final Bench bench = new Bench();

    @BeforeEach
    void begin() {
        bench.host.plug("1-1");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void guest_thatComesLater_getsItsDevices() {
        bench.start("a 1-1");
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.WAITING);
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.GuestUp.class)).hasSize(1);
    }

    @Test
    void guest_thatRestarts_getsItsDevicesAgain() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.GuestRestarted.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.GuestGone.class)).isEmpty();
    }

    @Test
    void guest_thatGoesAndComesBack_getsItsDevicesAgain() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.hypervisor.stop("a");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestGone.class)).hasSize(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.WAITING);
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void guest_thatRestartsInMidCall_getsItsDevicesAfterwards() {
        bench.hypervisor.start("a");
        bench.hypervisor.next("attach", hangs());
        bench.start("a 1-1");
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestRestarted.class)).hasSize(1);
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.StepFailed.class)).isEmpty();
    }

    @Test
    void guest_thatGoesInMidCallAndComesBack_getsNoSecondCallBeforeTheFirstIsBack() {
        bench.hypervisor.start("a");
        bench.hypervisor.next("attach", hangs());
        bench.start("a 1-1");
        GuestInspection hidden = bench.hypervisor.hide("a");
        bench.settle();
        bench.hypervisor.show(hidden);
        bench.pass(Duration.ofMinutes(1));
        assertThat(bench.hypervisor.count("inspect a")).isEqualTo(1);
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void guest_thatGoesInMidCall_isForgottenWhenTheCallIsBack() {
        bench.hypervisor.start("a");
        bench.hypervisor.next("attach", hangs());
        bench.start("a 1-1");
        bench.hypervisor.stop("a");
        bench.settle();
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.told(EngineEvent.StepFailed.class)).isEmpty();
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void guest_thatStillHasItsDevicesWhenItIsSeenAgain_isNotTouched() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.hypervisor.calls.clear();
        GuestInspection hidden = bench.hypervisor.hide("a");
        bench.settle();
        bench.hypervisor.show(hidden);
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).isEmpty();
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
    }

    @Test
    void guest_thatHasNotBeenInspected_countsAsHavingWhatWasThereBefore() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.hypervisor.next("inspect b", hangs());
        bench.start("a 1-1 1-2", "b 1-3");
        assertThat(bench.hypervisor.calls).isEmpty();
        bench.clock.advanceTo(bench.clock.nanos() + 1_000_000);
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.calls).containsExactly("attach a 1-2");
        bench.threads.release("guest-b");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
    }

    @Test
    void guest_thatCannotBeInspected_isToldOnceAndAskedAgain() {
        bench.hypervisor.start("a");
        bench.hypervisor.always("inspect", fails(BackendException.of(BackendException.BUSY, "monitor busy")));
        bench.start("a 1-1");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.told(EngineEvent.GuestUnreachable.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(1);
        assertThat(bench.hypervisor.count("inspect a")).isBetween(10, 30);
        bench.hypervisor.normally("inspect");
        bench.pass(Duration.ofSeconds(36));
        assertThat(bench.told(EngineEvent.GuestAnswers.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void guest_thatCannotBeInspectedForGood_isAskedNowAndThen() {
        bench.hypervisor.start("a");
        bench.hypervisor.next(
                "inspect",
                fails(BackendException.of(BackendException.UNSUPPORTED, "a PV guest")
                        .retry(BackendException.Retry.NEVER)));
        bench.start("a 1-1");
        bench.pass(Timings.DEFAULT.reinspect().minusSeconds(1));
        assertThat(bench.hypervisor.count("inspect a")).isEqualTo(1);
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @ParameterizedTest
    @EnumSource(
            value = GuestState.class,
            names = {"TRANSIENT", "STOPPED", "UNKNOWN"})
    void guest_thatIsNotToBeTouched_isNotTouchedUntilItRunsAgain(GuestState state) {
        bench.hypervisor.start("a");
        bench.hypervisor.state("a", state);
        bench.start("a 1-1");
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).isEmpty();
        bench.hypervisor.state("a", GuestState.RUNNING);
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void inspection_ofAnotherInstance_isNotTaken() {
        bench.hypervisor.start("a");
        bench.start("a 1-2");
        bench.hypervisor.hints = false;
        bench.hypervisor.start("a");
        bench.hypervisor.hints = true;
        bench.hypervisor.attachmentsChanged("a");
        bench.pass(1000);
        assertThat(bench.told(EngineEvent.GuestRestarted.class)).hasSize(1);
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
    }

    @Test
    void attach_toAnInstanceThatIsGone_looksForTheNewOne() {
        bench.hypervisor.start("a");
        bench.start("a 1-2");
        bench.hypervisor.hints = false;
        bench.hypervisor.start("a");
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestRestarted.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
    }
}
