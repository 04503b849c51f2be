package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.port.BackendException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told ahead of devices that the host is still configuring. */
class EnginePrepareTest {

    private static final Duration ARRIVAL = Timings.DEFAULT.arrival();

    private final Bench bench = new Bench();

    @AfterEach
    void end() {
        bench.close();
    }

    private void run() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
    }

    private UsbDevice arrives(String path) {
        UsbDevice device = bench.host.plug(path, each -> each.interfaces(List.of()));
        bench.settle();
        return device;
    }

    private void isConfigured(UsbDevice device) {
        bench.host.change(FakeHost.driver(device, null));
        bench.settle();
    }

    @Test
    void device_thatArrives_isPreparedThenAttached() {
        run();
        UsbDevice device = arrives("1-1.4");
        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1");
        assertThat(bench.decision("1-1.4").status()).isEqualTo(Status.NOT_READY);

        isConfigured(device);

        bench.pass(ARRIVAL);
        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1", "attach a 1-1.4");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
    }

    @Test
    void device_thatIsUnpluggedBeforeItIsConfigured_isTakenBack() {
        run();
        arrives("1-1.4");

        bench.host.unplug("1-1.4");
        bench.settle();

        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1", "prepare a");
    }

    @Test
    void device_thatIsNeverConfigured_isTakenBackInTheEnd() {
        run();
        arrives("1-1.4");

        bench.pass(ARRIVAL.minusMillis(1));
        assertThat(bench.calls("prepare")).isEqualTo(1);
        bench.pass(2);

        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1", "prepare a");
    }

    @Test
    void device_thatWasThereUnconfiguredAtTheStart_isNotPrepared() {
        bench.host.plug("1-1.4", each -> each.interfaces(List.of()));
        run();
        assertThat(bench.hypervisor.calls).isEmpty();
    }

    @Test
    void anotherDevice_thatTakesThePort_movesWhatIsPrepared() {
        run();
        UsbDevice first = arrives("1-1.4");

        bench.host.plug("1-1.5");
        bench.settle();
        isConfigured(first);

        assertThat(bench.hypervisor.calls)
                .containsExactly("prepare a 1-1.4@1", "attach a 1-1.5", "prepare a 1-1.4@2", "attach a 1-1.4");
    }

    @Test
    void device_thatIsConfiguredWhileItIsPrepared_isAttachedRightAfter() {
        run();
        bench.hypervisor.next("prepare", FakeHypervisor.hangs());
        UsbDevice device = arrives("1-1.4");
        isConfigured(device);
        assertThat(bench.calls("attach")).isZero();

        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
    }

    @Test
    void look_forWhatIsLeftOver_isNotMadeWhileADeviceIsPreparedFor() {
        run();
        bench.host.plug("1-2");
        bench.pass(Timings.DEFAULT.repairDelay().plusMillis(1));
        int before = bench.hypervisor.repairs.size();
        bench.host.unplug("1-2");
        bench.pass(Timings.DEFAULT.repairDelay().minusMillis(1));
        UsbDevice device = arrives("1-1.4");
        bench.pass(Timings.DEFAULT.repairDelay().plusMillis(1));
        assertThat(bench.hypervisor.repairs).hasSize(before);

        isConfigured(device);
        bench.pass(Timings.DEFAULT.repairDelay().plusMillis(1));

        assertThat(bench.hypervisor.repairs).hasSize(before + 1);
    }

    @Test
    void preparation_thatHangs_isToldOfAndHoldsUpNoRepair() {
        run();
        bench.pass(Timings.DEFAULT.repairDelay().plusMillis(1));
        bench.host.plug("1-2");
        bench.settle();
        bench.hypervisor.next("prepare", FakeHypervisor.hangs());
        arrives("1-1.4");
        bench.pass(Timings.DEFAULT.change().plus(Timings.DEFAULT.grace()).plusMillis(1));
        assertThat(bench.told(EngineEvent.GuestStuck.class))
                .singleElement()
                .satisfies(event -> assertThat(event.doing()).contains("preparing"));
        int repairs = bench.hypervisor.repairs.size();
        bench.host.unplug("1-2");
        bench.pass(Timings.DEFAULT.repairDelay().plusMillis(1));
        assertThat(bench.hypervisor.repairs).hasSize(repairs + 1);

        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.told(EngineEvent.GuestAnswers.class)).hasSize(1);
    }

    @Test
    void preparation_ofAGuestThatCannotBeLookedAt_doesNotMeanThatItAnswers() {
        run();
        bench.hypervisor.always(
                "inspect", FakeHypervisor.fails(BackendException.of(BackendException.BUSY, "monitor busy")));
        bench.hypervisor.attachmentsChanged("a");
        bench.settle();

        arrives("1-1.4");

        assertThat(bench.calls("prepare a 1-1.4@1")).isEqualTo(1);
        assertThat(bench.told(EngineEvent.GuestAnswers.class)).isEmpty();
    }

    @Test
    void preparation_thatFails_isADefectAndLeadsToAnInspection() {
        run();
        int before = bench.hypervisor.count("inspect");
        bench.hypervisor.next("prepare", real -> {
            throw new IllegalStateException("broken");
        });
        UsbDevice device = arrives("1-1.4");
        assertThat(bench.hypervisor.count("inspect")).isEqualTo(before + 1);
        assertThat(bench.told(EngineEvent.GuestUnreachable.class)).isEmpty();

        isConfigured(device);

        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
    }

    @Test
    void attach_ofThePreparedThatFails_takesTheRestBack() {
        run();
        UsbDevice device = arrives("1-1.4");
        bench.hypervisor.next("attach", FakeHypervisor.fails(BackendException.of(BackendException.BUSY, "busy")));

        isConfigured(device);

        assertThat(bench.hypervisor.calls).startsWith("prepare a 1-1.4@1", "attach a 1-1.4", "prepare a");
    }

    @Test
    void inspection_thatFails_leavesWhatIsPreparedToBeTakenBack() {
        run();
        arrives("1-1.4");
        bench.hypervisor.always(
                "inspect", FakeHypervisor.fails(BackendException.of(BackendException.BUSY, "monitor busy")));
        bench.hypervisor.guestsChanged();
        bench.hypervisor.state("a", GuestState.PAUSED);
        bench.settle();

        bench.host.unplug("1-1.4");
        bench.settle();

        assertThat(bench.hypervisor.calls).endsWith("prepare a");
    }

    @Test
    void guestInTheDark_losesWhatIsPreparedAllTheSame() {
        run();
        arrives("1-1.4");
        bench.hypervisor.always(
                "inspect", FakeHypervisor.fails(BackendException.of(BackendException.BUSY, "monitor busy")));
        bench.hypervisor.next(
                "attach",
                FakeHypervisor.fails(BackendException.of(BackendException.TIMEOUT, "no answer")
                        .outcomeUnknown()));
        bench.host.plug("1-1.5");
        bench.settle();

        bench.host.unplug("1-1.4");
        bench.settle();

        assertThat(bench.hypervisor.calls).endsWith("prepare a");
        assertThat(bench.hypervisor.prepared).isEmpty();
    }

    @Test
    void inspection_whileADeviceArrives_isFollowedByAnotherPreparation() {
        run();
        arrives("1-1.4");

        bench.hypervisor.state("a", GuestState.PAUSED);
        bench.settle();

        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1", "prepare a 1-1.4@1");
        assertThat(bench.hypervisor.prepared).hasSize(1);
    }

    @Test
    void device_thatMovesToAnotherGuestMeanwhile_isTakenBackFirst() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.start("a 1-1", "b 1-2");
        UsbDevice device = arrives("1-1.4");
        bench.hypervisor.next("prepare a", FakeHypervisor.hangs());

        bench.reconfigure("a 1-2", "b 1-1");
        isConfigured(device);
        assertThat(bench.calls("attach b")).as("a has yet to let go").isZero();
        bench.threads.release("guest-a");
        bench.settle();

        assertThat(bench.hypervisor.has("b")).containsExactly("1-1.4");
        assertThat(bench.calls("prepare b")).isZero();
    }

    @Test
    void hint_ofAGuestForWhichNothingIsDoneEarly_isFollowedAtOnce() {
        bench.hypervisor.prepares = false;
        run();
        arrives("1-1.4");
        int before = bench.hypervisor.count("inspect");

        bench.hypervisor.attachmentsChanged("a");
        bench.settle();

        assertThat(bench.hypervisor.count("inspect")).isEqualTo(before + 1);
    }

    @Test
    void hint_ofAPreparedGuest_waitsForTheAttach() {
        run();
        UsbDevice device = arrives("1-1.4");
        int before = bench.hypervisor.count("inspect");

        bench.hypervisor.attachmentsChanged("a");
        bench.settle();
        assertThat(bench.hypervisor.count("inspect")).isEqualTo(before);
        isConfigured(device);

        assertThat(bench.hypervisor.count("inspect")).isEqualTo(before + 1);
        assertThat(bench.calls("prepare")).isEqualTo(1);
    }

    @Test
    void hint_ofAPreparedGuest_doesNotWaitForever() {
        run();
        int before = bench.hypervisor.count("inspect");
        for (int i = 0; i < 10; i++) {
            arrives("1-1." + (i + 1));
            bench.hypervisor.attachmentsChanged("a");
            bench.pass(ARRIVAL.dividedBy(2));
        }
        assertThat(bench.hypervisor.count("inspect")).isGreaterThanOrEqualTo(before + 3);
    }

    @Test
    void guest_thatRestarts_isPreparedAnew() {
        run();
        UsbDevice device = arrives("1-1.4");

        bench.hypervisor.stop("a");
        bench.hypervisor.start("a");
        bench.settle();
        isConfigured(device);

        assertThat(bench.hypervisor.calls).containsExactly("prepare a 1-1.4@1", "prepare a 1-1.4@1", "attach a 1-1.4");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
    }

    @Test
    void dryRun_preparesNothing() {
        try (Bench dry = new Bench(EngineMode.PLAN, null)) {
            dry.hypervisor.start("a");
            dry.start("a 1-1");
            dry.host.plug("1-1.4", each -> each.interfaces(List.of()));
            dry.settle();
            assertThat(dry.hypervisor.calls).isEmpty();
        }
    }
}
