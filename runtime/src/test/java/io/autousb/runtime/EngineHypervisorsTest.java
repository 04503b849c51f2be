package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static io.autousb.runtime.FakeHypervisor.hangs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import io.autousb.runtime.EngineEvent.BackendFailed;
import io.autousb.runtime.EngineEvent.GuestAbsent;
import io.autousb.runtime.EngineEvent.GuestContested;
import io.autousb.runtime.EngineEvent.GuestGone;
import io.autousb.runtime.EngineEvent.GuestUp;
import io.autousb.runtime.EngineEvent.Ready;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several hypervisors that are told of the same guests: {@code fake}, which ranks higher, and {@code other}. */
class EngineHypervisorsTest {

    private final Bench bench = new Bench();

    @AfterEach
    void end() {
        bench.close();
    }

    private void start(String... guests) {
        bench.engine.start(Bench.shared(guests));
        bench.settle();
    }

    private static BackendException.Builder broken() {
        return BackendException.of(BackendException.IO, "it broke");
    }

    @Test
    void guests_ofTwoHypervisors_areServedEachByItsOwn() {
        bench.hypervisor.start("a");
        bench.other.start("b");
        bench.host.plug("1-1");
        bench.host.plug("1-2");

        start("a 1-1", "b 1-2");

        assertThat(bench.hypervisor.calls).containsExactly("attach a 1-1");
        assertThat(bench.other.calls).containsExactly("attach b 1-2");
        assertThat(bench.told(GuestAbsent.class)).isEmpty();
    }

    @Test
    void guest_thatNoHypervisorHas_isAbsentWhenAllHaveSaidSo() {
        bench.other.next("guests", hangs());
        start("a 1-1");
        assertThat(bench.told(GuestAbsent.class)).isEmpty();

        bench.threads.release("guests-other");
        bench.settle();

        assertThat(bench.told(GuestAbsent.class)).containsExactly(new GuestAbsent("a"));
    }

    @Test
    void guest_thatNoHypervisorHas_isToldToBeAbsentOnce() {
        start("a 1-1");

        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.told(GuestAbsent.class)).hasSize(1);
    }

    @Test
    void guest_thatIsAbsentForANewConfiguration_isToldAgain() {
        start("a 1-1");

        bench.engine.reconfigure(Bench.shared("a 1-1", "b 1-2"));
        bench.settle();

        assertThat(bench.told(GuestAbsent.class))
                .containsExactly(new GuestAbsent("a"), new GuestAbsent("a"), new GuestAbsent("b"));
    }

    @Test
    void guest_isNotAbsentForAListThatWasMadeForAnotherConfiguration() {
        start("a 1-1");
        bench.hypervisor.start("b");
        bench.hypervisor.next("guests", hangs());
        bench.hypervisor.guestsChanged();
        bench.settle();

        bench.engine.reconfigure(Bench.shared("b 1-2"));
        bench.settle();
        bench.threads.release("guests-fake");
        bench.settle();

        assertThat(bench.told(GuestAbsent.class)).containsExactly(new GuestAbsent("a"));
        assertThat(bench.told(GuestUp.class)).hasSize(1);
    }

    @Test
    void guest_thatTwoList_isTheHigherRankingOnesAndReportedOnce() {
        bench.hypervisor.start("a");
        bench.other.start("a");
        bench.host.plug("1-1");

        start("a 1-1");
        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.other.calls).isEmpty();
        assertThat(bench.other.count("inspect")).isZero();
        assertThat(bench.told(GuestUp.class)).hasSize(1);
        assertThat(bench.told(GuestContested.class))
                .containsExactly(new GuestContested(bench.other.truth("a").guest(), "fake", "other"));
    }

    @Test
    void guest_thatTheHigherRankingOneListsLater_changesHandsAndIsNotGone() {
        bench.hypervisor.next("guests", hangs());
        bench.hypervisor.start("a");
        bench.other.start("a");
        start("a 1-1");
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.other.has("a")).containsExactly("1-1");
        bench.host.unplug("1-1");
        bench.settle();

        bench.threads.release("guests-fake");
        bench.settle();
        bench.host.plug("1-1");
        bench.settle();

        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.calls("attach")).isEqualTo(1);
        assertThat(bench.told(GuestGone.class)).isEmpty();
        assertThat(bench.told(GuestContested.class)).hasSize(1);
    }

    @Test
    void guest_thatChangesHandsInMidCall_isAskedByTheNewOneAfterThat() {
        bench.hypervisor.next("guests", hangs());
        bench.hypervisor.start("a");
        bench.other.start("a");
        bench.other.next("attach", hangs());
        start("a 1-1 1-2");
        bench.host.plug("1-1");
        bench.settle();

        bench.threads.release("guests-fake");
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.count("inspect")).isZero();
        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.hypervisor.count("inspect")).isPositive();
        assertThat(bench.hypervisor.has("a")).contains("1-2");
    }

    @Test
    void guest_thatTheHigherRankingOneListsNoMore_isTheOtherOnesAgain() {
        bench.hypervisor.start("a");
        bench.other.start("a");
        start("a 1-1");

        bench.hypervisor.stop("a");
        bench.settle();
        bench.host.plug("1-1");
        bench.settle();

        assertThat(bench.other.has("a")).containsExactly("1-1");
        assertThat(bench.told(GuestGone.class)).isEmpty();
    }

    @Test
    void guest_thatIsContestedAnew_isReportedAnew() {
        bench.hypervisor.start("a");
        bench.other.start("a");
        start("a 1-1");

        bench.other.stop("a");
        bench.settle();
        bench.other.start("a");
        bench.settle();

        assertThat(bench.told(GuestContested.class)).hasSize(2);
    }

    @Test
    void hypervisor_thatFailsAsAWhole_hidesNoGuestOfTheOther() {
        bench.hypervisor.always("guests", fails(broken()));
        bench.other.start("b");

        start("a 1-1", "b 1-2");
        bench.host.plug("1-2");
        bench.settle();

        assertThat(bench.other.has("b")).containsExactly("1-2");
        assertThat(bench.told(BackendFailed.class))
                .extracting(BackendFailed::backend)
                .containsExactly("fake");
        assertThat(bench.told(Ready.class)).hasSize(1);
    }

    @Test
    void hypervisor_thatFailsLater_keepsItsGuestsAsTheyWere() {
        bench.hypervisor.start("a");
        bench.other.start("b");
        start("a 1-1", "b 1-2");

        bench.hypervisor.always("guests", fails(broken()));
        bench.other.stop("b");
        bench.settle();

        assertThat(bench.told(GuestGone.class))
                .extracting(event -> event.guest().name())
                .containsExactly("b");
    }

    @Test
    void hypervisor_thatCannotBegin_isReportedAndKeepsNothingFromTheOther() {
        bench.hypervisor.next("subscribe", fails(broken()));
        bench.other.start("b");
        bench.host.plug("1-2");

        start("a 1-1", "b 1-2");
        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.other.has("b")).containsExactly("1-2");
        assertThat(bench.told(BackendFailed.class)).hasSize(1);
        assertThat(bench.told(GuestAbsent.class)).containsExactly(new GuestAbsent("a"));
        assertThat(bench.hypervisor.count("guests")).isZero();
    }

    @Test
    void start_whenNoHypervisorCanBegin_fails() {
        bench.hypervisor.next("subscribe", fails(broken()));
        bench.other.next("subscribe", fails(BackendException.of(BackendException.IO, "so did this")));

        assertThatThrownBy(() -> start("a 1-1")).hasMessage("it broke");
    }

    @Test
    void start_whenASettingIsWrong_failsWhateverTheOthersSay() {
        bench.other.next("configure", fails(BackendException.of(BackendException.INVALID, "no such setting")));

        assertThatThrownBy(() -> start("a 1-1")).hasMessage("no such setting");
    }
}
