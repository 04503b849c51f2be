package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The main job: plug, unplug, start, reconfigure. */
class EngineAttachTest {

    private final Bench bench = new Bench();

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void start_whenDevicesAreThere_attachesExactlyThoseThatAreWanted() {
        bench.host.plug("1-1.1");
        bench.host.plug("1-1.2");
        bench.host.plug("1-10");
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.1", "1-1.2");
        assertThat(bench.told(EngineEvent.Attached.class)).hasSize(2);
        assertThat(bench.decision("1-10").status()).isEqualTo(Status.UNASSIGNED);
    }

    @Test
    void plug_whenWanted_attachesWithoutWaiting() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        long before = bench.clock.nanos();
        UsbDevice device = bench.host.plug("1-1.4");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
        assertThat(Duration.ofNanos(bench.clock.nanos() - before)).isLessThan(Duration.ofMillis(1));
        assertThat(bench.told(EngineEvent.DeviceSeen.class)).containsExactly(new EngineEvent.DeviceSeen(device));
        assertThat(bench.decision("1-1.4").status()).isEqualTo(Status.ATTACHED);
    }

    @Test
    void plug_inTheOtherHalfOfAWantedSocket_attaches() {
        bench.host.peers("1-1", "2-5");
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.host.plug("2-5.4");
        bench.host.plug("2-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("2-5.4");
    }

    @Test
    void attach_whenTheDevicesNameComesMeanwhile_tellsIt() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.hypervisor.next("attach", FakeHypervisor.hangs());
        UsbDevice nameless = bench.host.plug("1-1.4");
        bench.settle();
        bench.host.change(FakeHost.named(nameless, "Keyboard"));
        bench.settle();
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.told(EngineEvent.Attached.class))
                .singleElement()
                .satisfies(event -> assertThat(event.step().device().product()).contains(UntrustedText.of("Keyboard")));
    }

    @Test
    void unplug_whenAttached_clearsWithoutWaiting() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        UsbDevice device = bench.host.plug("1-1.4");
        bench.settle();
        bench.host.unplug("1-1.4");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).isEmpty();
        assertThat(bench.calls("clear a")).isEqualTo(1);
        assertThat(bench.told(EngineEvent.DeviceGone.class)).containsExactly(new EngineEvent.DeviceGone(device));
        assertThat(bench.told(EngineEvent.Cleared.class).get(0).device()).contains(device);
    }

    @Test
    void replug_seenAsOneChange_clearsTheOldAndAttachesTheNew() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        bench.host.plug("1-1.4");
        bench.settle();
        bench.host.unplug("1-1.4");
        bench.host.plug("1-1.4");
        bench.settle();
        assertThat(bench.hypervisor.calls).containsExactly("attach a 1-1.4", "clear a ours-N", "attach a 1-1.4");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
    }

    @Test
    void replug_manyTimes_leavesNothingBehind() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        for (int i = 0; i < 20; i++) {
            bench.host.plug("1-1.4");
            bench.pass(Duration.ofSeconds(20));
            assertThat(bench.hypervisor.has("a")).containsExactly("1-1.4");
            bench.host.unplug("1-1.4");
            bench.pass(Duration.ofSeconds(20));
            assertThat(bench.hypervisor.has("a")).isEmpty();
        }
        assertThat(bench.hypervisor.truth("a").controllers()).containsExactly(FakeHypervisor.controller("xhci.0"));
        assertThat(bench.scheduler.size()).isLessThan(5);
    }

    @Test
    void hints_inABurst_makeOneSnapshot() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        int before = bench.host.snapshots;
        for (int i = 0; i < 30; i++) {
            bench.host.hint();
        }
        bench.settle();
        assertThat(bench.host.snapshots).isEqualTo(before + 1);
    }

    @Test
    void hints_ofAGuest_inABurst_makeOneInspection() {
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        int before = bench.hypervisor.count("inspect a");
        for (int i = 0; i < 30; i++) {
            bench.hypervisor.attachmentsChanged("a");
        }
        bench.settle();
        assertThat(bench.hypervisor.count("inspect a")).isEqualTo(before + 1);
    }

    @Test
    void start_whenAllIsRight_touchesNothing() {
        bench.host.plug("1-1.1");
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        try (Bench again = new Bench()) {
            again.host.devices().putAll(bench.host.devices());
            again.hypervisor.show(bench.hypervisor.truth("a"));
            again.start("a 1-1");
            assertThat(again.hypervisor.calls).isEmpty();
            assertThat(again.decision("1-1.1").status()).isEqualTo(Status.ATTACHED);
        }
    }

    @Test
    void start_afterACrashWithAnotherConfiguration_takesAwayWhatIsNoLongerWanted() {
        bench.host.plug("1-1.1");
        bench.host.plug("1-2");
        bench.hypervisor.start("a");
        bench.start("a 1-1 1-2");
        try (Bench again = new Bench()) {
            again.host.devices().putAll(bench.host.devices());
            again.host.devices().remove("1-2");
            again.hypervisor.show(bench.hypervisor.truth("a"));
            again.start("a 1-3");
            assertThat(again.hypervisor.has("a")).isEmpty();
            assertThat(again.hypervisor.calls).containsExactlyInAnyOrder("detach a ours-N", "clear a ours-N");
        }
    }

    @Test
    void reconfigure_movesWhatBelongsToAnotherAndLeavesTheRest() {
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.start("a 1-1 1-2", "b");
        bench.hypervisor.calls.clear();
        bench.reconfigure("a 1-1", "b 1-2");
        assertThat(bench.hypervisor.calls).containsExactly("detach a ours-N");
        assertThat(bench.decision("1-2").status()).isEqualTo(Status.WAITING);
        bench.pass(Timings.DEFAULT.settle());
        assertThat(bench.hypervisor.calls).containsExactly("detach a ours-N", "attach b 1-2");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void reconfigure_tellsTheHypervisorAndListsAgain() {
        bench.host.plug("1-1");
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.start("a 1-2");
        bench.hypervisor.guestsChanged();
        bench.reconfigure("a 1-2", "b 1-1");
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void reconfigure_whileAListIsUnderWay_tellsNothingWrong() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.start("a 1-1");
        bench.hypervisor.next("guests", real -> {
            Object before = real.get();
            ManualThreads.hang();
            return before;
        });
        bench.hypervisor.guestsChanged();
        bench.settle();
        bench.events.clear();
        bench.reconfigure("a 1-1", "b 1-2");
        bench.threads.release("guests-fake");
        bench.settle();
        assertThat(bench.told(EngineEvent.GuestAbsent.class)).isEmpty();
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(1);
        assertThat(bench.told(EngineEvent.GuestUp.class)).hasSize(1);
    }

    @Test
    void dryRun_planAndTellsButChangesNothing() {
        try (Bench dry = new Bench(EngineMode.PLAN, null)) {
            dry.host.plug("1-1");
            dry.hypervisor.start("a");
            dry.start("a 1-1");
            dry.pass(Duration.ofMinutes(2));
            assertThat(dry.hypervisor.calls).isEmpty();
            assertThat(dry.told(EngineEvent.Ready.class).get(0).plan().steps()).hasSize(1);
            assertThat(dry.decision("1-1").status()).isEqualTo(Status.IN_PROGRESS);
        }
    }

    @Test
    void ready_isToldOnceWhenAllHasBeenSeen() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
        bench.hypervisor.next("inspect b", FakeHypervisor.hangs());
        bench.start("a 1-1", "b 1-2");
        assertThat(bench.told(EngineEvent.Ready.class)).isEmpty();
        bench.threads.release("guest-b");
        bench.settle();
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(1);
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(1);
        bench.reconfigure("a 1-1", "b 1-2");
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(2);
    }

    @Test
    void guestAbsent_isToldOnceOfThoseThatAreNotThere() {
        bench.hypervisor.start("a");
        bench.start("a 1-1", "b 1-2");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.told(EngineEvent.GuestAbsent.class)).containsExactly(new EngineEvent.GuestAbsent("b"));
        assertThat(bench.told(EngineEvent.Ready.class)).hasSize(1);
    }

    @Test
    void noPortFree_makesAControllerAndUsesIt() {
        bench.hypervisor.start("a", 0);
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.start("a 1-1 1-2");
        assertThat(bench.hypervisor.calls).containsExactly("controller a", "attach a 1-1", "attach a 1-2");
        assertThat(bench.told(EngineEvent.ControllerAdded.class)).hasSize(1);
    }

    @Test
    void manyDevices_makeAsManyControllersAsTheyNeed() {
        bench.hypervisor.start("a", 0);
        for (int i = 1; i <= 10; i++) {
            bench.host.plug("1-" + i);
        }
        bench.start("a usb1");
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.hypervisor.has("a")).hasSize(10);
        assertThat(bench.calls("controller a")).isEqualTo(3);
    }

    @Test
    void lostHints_areMadeUpForByThePeriodicLook() {
        bench.hypervisor.start("a");
        bench.start("a 1-1 1-2", "b 1-3");
        bench.host.hints = false;
        bench.hypervisor.hints = false;
        bench.host.plug("1-1");
        bench.host.plug("1-3");
        bench.hypervisor.start("b");
        bench.pass(Timings.DEFAULT.reinspect().plusSeconds(1));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.hypervisor.has("b")).containsExactly("1-3");
        bench.host.unplug("1-1");
        bench.pass(Timings.DEFAULT.reinspect().plusSeconds(1));
        assertThat(bench.hypervisor.has("a")).isEmpty();
    }

    @Test
    void idle_doesNextToNothing() {
        bench.host.plug("1-1");
        bench.hypervisor.start("a");
        bench.start("a 1-1");
        int before = bench.threads.tasks();
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.threads.tasks() - before)
                .as("tasks in ten quiet minutes")
                .isLessThan(200);
    }

    @Test
    void plug_comesBeforeLookingAtTheGuestAgain() {
        bench.hypervisor.start("a");
        bench.start("a 1-1 1-2");
        int before = bench.hypervisor.count("inspect a");
        bench.hypervisor.next("attach", real -> {
            bench.hypervisor.attachmentsChanged("a");
            return real.get();
        });
        bench.hypervisor.next("attach", real -> {
            assertThat(bench.hypervisor.count("inspect a")).isEqualTo(before);
            return real.get();
        });
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).hasSize(2);
        assertThat(bench.hypervisor.count("inspect a")).isEqualTo(before + 1);
    }
}
