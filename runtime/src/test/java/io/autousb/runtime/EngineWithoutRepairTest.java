package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.runtime.EngineEvent.LeftoverFound;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was left over before the start stays where nothing is to be repaired; all else is cleared as ever. */
class EngineWithoutRepairTest {

    private static final LeftoverFound TOLD = new LeftoverFound(
            "fake",
            RepairNotice.of(
                    "guest a", "hand, attached by another hand to a device that was gone before", Outcome.REPORTED));

    private final Bench bench = new Bench(EngineMode.SERVE_WITHOUT_REPAIR, null);
    private final UsbDevice keyboard = bench.host.plug("1-1");

    @BeforeEach
    void begin() {
        bench.hypervisor.start("a");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    private Attachment.Builder of(UsbDevice device, String handle) {
        return Attachment.builder(FakeHypervisor.id("a"), handle).address(device.address());
    }

    /** Attached by another hand, and unplugged before anybody here could see it. */
    private void leaveOver(Bench world, UsbDevice device) {
        world.hypervisor.attachByHand("a", of(device, "hand").build());
        world.host.unplug(device.path().toString());
    }

    @Test
    void leftover_isNotCleared_andToldOnce() {
        leaveOver(bench, keyboard);

        bench.start("a 1-1");
        bench.pass(Duration.ofMinutes(10));

        assertThat(bench.hypervisor.calls).isEmpty();
        assertThat(bench.told(LeftoverFound.class)).containsExactly(TOLD);
    }

    @Test
    void leftover_isClearedWhereRepairsAreMade() {
        try (Bench repairing = new Bench()) {
            repairing.hypervisor.start("a");
            leaveOver(repairing, repairing.host.plug("1-1"));

            repairing.start("a 1-1");

            assertThat(repairing.hypervisor.calls).containsExactly("clear a hand");
        }
    }

    @Test
    void leftover_holdsNothingElseUp() {
        leaveOver(bench, keyboard);
        bench.host.plug("1-2");

        bench.start("a 1-2");

        assertThat(bench.hypervisor.calls).containsExactly("attach a 1-2");
    }

    @Test
    void leftover_doesNotPassForADeviceThatComesToItsPlace() {
        bench.hypervisor.attachByHand(
                "a",
                Attachment.builder(FakeHypervisor.id("a"), "hand")
                        .path(keyboard.path())
                        .build());
        bench.host.unplug("1-1");
        bench.start("a 1-1");

        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(5));

        assertThat(bench.hypervisor.calls).containsExactly("attach a 1-1");
    }

    @Test
    void leftover_thatWasClearedByHand_isToldAgainWhenItIsThereAgain() {
        leaveOver(bench, keyboard);
        bench.start("a 1-1");
        Attachment left = bench.hypervisor.truth("a").attachments().get(0);

        bench.hypervisor.takeByHand("a", left);
        bench.settle();
        bench.hypervisor.attachByHand("a", left);
        bench.settle();

        assertThat(bench.told(LeftoverFound.class)).containsExactly(TOLD, TOLD);
    }

    @Test
    void leftover_ofAGuestThatWasRestarted_isToldAgain() {
        leaveOver(bench, keyboard);
        bench.start("a 1-1");

        bench.hypervisor.start("a");
        bench.hypervisor.attachByHand("a", of(keyboard, "hand").build());
        bench.settle();

        assertThat(bench.told(LeftoverFound.class)).containsExactly(TOLD, TOLD);
    }

    @Test
    void handleOfALeftover_onADeviceThatIsThere_isCleared_whenThatGoes() {
        leaveOver(bench, keyboard);
        bench.start("a 1-1");
        UsbDevice tablet = bench.host.plug("1-2");

        bench.hypervisor.takeByHand("a", of(keyboard, "hand").build());
        bench.hypervisor.attachByHand("a", of(tablet, "hand").build());
        bench.settle();
        bench.host.unplug("1-2");
        bench.settle();

        assertThat(bench.hypervisor.calls).containsExactly("clear a hand");
    }

    @Test
    void foreign_thatWasThereAtTheStart_isClearedWhenUnplugged() {
        bench.hypervisor.attachByHand("a", of(keyboard, "hand").build());
        bench.start("a 1-1");

        bench.host.unplug("1-1");
        bench.settle();

        assertThat(bench.hypervisor.calls).containsExactly("clear a hand");
        assertThat(bench.told(LeftoverFound.class)).isEmpty();
    }

    @Test
    void foreign_thatCameAfterTheStart_isClearedWhenUnplugged() {
        bench.start("a 1-9");
        UsbDevice tablet = bench.host.plug("1-2");
        bench.hypervisor.attachByHand("a", of(tablet, "hand").build());
        bench.settle();

        bench.host.unplug("1-2");
        bench.settle();

        assertThat(bench.hypervisor.calls).containsExactly("clear a hand");
    }

    @Test
    void ours_thatWasGoneBeforeTheStart_isCleared() {
        bench.hypervisor.attachByHand(
                "a",
                of(keyboard, "ours")
                        .generation(keyboard.generation())
                        .ours(true)
                        .build());
        bench.host.unplug("1-1");

        bench.start("a 1-1");

        assertThat(bench.hypervisor.calls).containsExactly("clear a ours");
    }

    @Test
    void ours_ofNoKnownStay_isCleared() {
        bench.hypervisor.attachByHand("a", of(keyboard, "ours").ours(true).build());
        bench.host.unplug("1-1");

        bench.start("a 1-1");

        assertThat(bench.hypervisor.calls).containsExactly("clear a ours");
    }

    @Test
    void leftover_inAPlanThatIsNotCarriedOut_isPlannedAndNotTold() {
        try (Bench planning = new Bench(EngineMode.PLAN, null)) {
            planning.hypervisor.start("a");
            leaveOver(planning, planning.host.plug("1-1"));

            planning.start("a 1-1");

            assertThat(planning.told(EngineEvent.Ready.class).get(0).plan().steps())
                    .singleElement()
                    .isInstanceOf(PlanStep.ClearStale.class);
            assertThat(planning.told(LeftoverFound.class)).isEmpty();
        }
    }

    @Test
    void leftover_inAPlanWithoutRepair_isToldAndNotPlanned() {
        try (Bench planning = new Bench(EngineMode.PLAN_WITHOUT_REPAIR, null)) {
            planning.hypervisor.start("a");
            leaveOver(planning, planning.host.plug("1-1"));

            planning.start("a 1-1");

            assertThat(planning.told(EngineEvent.Ready.class).get(0).plan().steps())
                    .isEmpty();
            assertThat(planning.told(LeftoverFound.class)).hasSize(1);
            assertThat(planning.hypervisor.calls).isEmpty();
        }
    }
}
