package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static io.autousb.runtime.FakeHypervisor.hangs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backends that fail as a whole, observers that misbehave, and the end. */
class EngineBackendTest {

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

    private static BackendException.Builder broken() {
        return BackendException.of(BackendException.IO, "it broke");
    }

    @Test
    void snapshot_whenItFails_isToldOnceAndTriedAgain() {
        bench.host.failure = broken().build();
        bench.start("a 1-1");
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.Ready.class)).isEmpty();
        bench.host.failure = null;
        bench.pass(Duration.ofSeconds(5));
        assertThat(bench.told(EngineEvent.BackendRecovered.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void snapshot_whenItFailsInAnotherWay_isToldAgain() {
        bench.host.failure = broken().build();
        bench.start("a 1-1");
        bench.host.failure = broken().where("elsewhere").build();
        bench.pass(Duration.ofSeconds(5));
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(2);
    }

    @Test
    void snapshot_whileItFails_isNotTriedMoreOftenForEachHint() {
        bench.host.failure = broken().build();
        bench.start("a 1-1");
        for (int i = 0; i < 20; i++) {
            bench.host.hint();
            bench.settle();
        }
        int before = bench.host.snapshots;
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.host.snapshots - before).isLessThan(25);
    }

    @Test
    void snapshot_whenItFailsLater_detachesNothing() {
        bench.start("a 1-1");
        bench.host.failure = broken().build();
        bench.host.hint();
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.calls("clear")).isZero();
    }

    @Test
    void snapshot_thatHangs_isTold() {
        bench.host.hangs = true;
        bench.start("a 1-1");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(1);
        bench.threads.release("host");
        bench.pass(1000);
        assertThat(bench.told(EngineEvent.BackendRecovered.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void list_whenItFails_isToldOnceAndTriedAgain() {
        bench.hypervisor.always("guests", fails(broken()));
        bench.start("a 1-1");
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(1);
        bench.hypervisor.normally("guests");
        bench.pass(Duration.ofSeconds(5));
        assertThat(bench.told(EngineEvent.BackendRecovered.class)).hasSize(1);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void list_whenItFailsLater_losesNoGuest() {
        bench.start("a 1-1 1-2");
        bench.hypervisor.always("guests", fails(broken()));
        bench.hypervisor.guestsChanged();
        bench.settle();
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestGone.class)).isEmpty();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
    }

    @Test
    void list_thatHangs_delaysNoGuest() {
        bench.start("a 1-1 1-2");
        bench.hypervisor.next("guests", hangs());
        bench.hypervisor.guestsChanged();
        bench.host.plug("1-2");
        bench.pass(Duration.ofSeconds(20));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(1);
    }

    @Test
    void start_whenTheConfigurationCannotBeRight_fails() {
        bench.hypervisor.next(
                "configure", fails(BackendException.of(BackendException.INVALID, "no socket of that name")));
        assertThatThrownBy(() -> bench.start("a 1-1"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("no socket");
    }

    @Test
    void reconfigure_whenTheConfigurationCannotBeRight_isToldAndGuestsAreKept() {
        bench.start("a 1-1");
        bench.hypervisor.next("configure", fails(BackendException.of(BackendException.INVALID, "no socket")));
        bench.reconfigure("a 1-1");
        assertThat(bench.told(EngineEvent.BackendFailed.class)).hasSize(1);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void observer_thatThrows_harmsNobody() {
        bench.engine.observe(event -> {
            throw new IllegalStateException("bad observer");
        });
        bench.start("a 1-1");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.Attached.class)).hasSize(1);
    }

    @Test
    void observer_thatBlocks_delaysNothing() {
        bench.engine.observe(event -> ManualThreads.hang());
        bench.start("a 1-1 1-2");
        bench.host.plug("1-2");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
    }

    @Test
    void observer_isToldInOrder() {
        bench.start("a 1-1");
        bench.host.unplug("1-1");
        bench.settle();
        assertThat(bench.events)
                .<Class<?>>extracting(Object::getClass)
                .containsSubsequence(
                        EngineEvent.Attached.class, EngineEvent.DeviceGone.class, EngineEvent.Cleared.class);
    }

    @Test
    void close_leavesAttachmentsAndDoesNothingMore() {
        bench.start("a 1-1 1-2");
        bench.hypervisor.calls.clear();
        bench.closesAtEnd = false;
        bench.engine.close();
        bench.host.plug("1-2");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.hypervisor.calls).isEmpty();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void close_whenAdaptersHang_returnsInTime() {
        bench.start("a 1-1");
        bench.hypervisor.hangsOnClose = true;
        bench.host.hangsOnClose = true;
        bench.closesAtEnd = false;
        long before = System.nanoTime();
        bench.engine.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void close_inMidCall_returnsAndIgnoresTheResult() {
        bench.hypervisor.next("attach", hangs());
        bench.start("a 1-1");
        bench.closesAtEnd = false;
        bench.engine.close();
        bench.settle();
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.told(EngineEvent.Attached.class)).isEmpty();
    }

    @Test
    void close_twice_isHarmless() {
        bench.start("a 1-1");
        bench.engine.close();
    }

    @Test
    void attach_ofWhatWasThereAtTheStart_waitsUntilEveryHypervisorHasListedItsGuests() {
        bench.other.next("guests", hangs());
        bench.start("a 1-1");
        assertThat(bench.hypervisor.calls).isEmpty();
        bench.threads.release("guests-other");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_ofWhatWasThereAtTheStart_waitsWhileAHypervisorFails() {
        bench.other.always("guests", fails(broken()));
        bench.start("a 1-1");
        assertThat(bench.hypervisor.calls).isEmpty();
    }

    @Test
    void attach_ofWhatIsPluggedInLater_doesNotWaitForAHypervisorThatFails() {
        bench.other.always("guests", fails(broken()));
        bench.start("a 1-2");
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
    }
}
