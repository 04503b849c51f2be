package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import org.junit.jupiter.api.Test;

class PlannerFailureTest extends PlannerRules {

    private final FailureKey key = FailureKey.attach(a, keyboard.generation());

    private Worlds.Builder failed(Failure failure) {
        return world().device(keyboard).wish("a", "1-1").guest(a).failure(key, failure);
    }

    @Test
    void plan_beforeTheNextTry_waitsAndWakesThen() {
        Plan plan = failed(new Failure(1, NOW + 100, false, "it broke")).plan();
        assertIdle(plan, Status.WAITING);
        assertThat(only(plan).reason()).isEqualTo("it broke");
        assertThat(plan.wakeAt()).hasValue(NOW + 100);
    }

    @Test
    void plan_atTheNextTry_tries() {
        onlyAttach(failed(new Failure(1, NOW, false, "it broke")).plan());
    }

    @Test
    void plan_whenItRests_isBlockedAndDoesNotWake() {
        Plan plan = failed(new Failure(8, Failure.NEVER, false, "8 times")).plan();
        assertIdle(plan, Status.BLOCKED);
        assertThat(plan.wakeAt()).isEmpty();
    }

    @Test
    void plan_untilInitialized_triesAsSoonAsTheHostIsDone() {
        Failure failure = new Failure(0, NOW + 5000, true, "not ready");
        UsbDevice raw = device("1-1.1", 5).initialized(false).build();
        assertIdle(
                world().device(raw)
                        .wish("a", "1-1")
                        .guest(a)
                        .failure(key, failure)
                        .plan(),
                Status.WAITING);
        onlyAttach(failed(failure).plan());
    }

    @Test
    void plan_whenItWasNotAboutTheHost_initializedDoesNotMatter() {
        assertIdle(failed(new Failure(0, NOW + 5000, false, "busy")).plan(), Status.WAITING);
    }

    @Test
    void plan_forAnUninitializedDevice_tries() {
        onlyAttach(world().device(device("1-1.1", 5).initialized(false).build())
                .wish("a", "1-1")
                .guest(a)
                .plan());
    }

    @Test
    void plan_forAnotherGenerationOrInstanceOrDevice_isNotAffected() {
        Failure rests = new Failure(8, Failure.NEVER, false, "8 times");
        Guest restarted = new Guest(a.id(), "a", "a#2", GuestState.RUNNING);
        onlyAttach(world().device(device("1-1.1", 7).build())
                .wish("a", "1-1")
                .guest(a)
                .failure(key, rests)
                .plan());
        onlyAttach(world().device(keyboard)
                .wish("a", "1-1")
                .guest(restarted)
                .failure(key, rests)
                .plan());
        onlyAttach(world().device(mouse)
                .wish("a", "1-1")
                .guest(a)
                .failure(key, rests)
                .plan());
    }

    @Test
    void plan_whenOneFails_doesNotHoldUpAnother() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1")
                .guest(a)
                .failure(key, new Failure(1, NOW + 100, false, "it broke"))
                .plan();
        assertThat(onlyAttach(plan).device()).isEqualTo(mouse);
    }

    @Test
    void plan_beforeTheNextDetach_waits() {
        Attachment attachment = ours(a, keyboard, "h");
        Failure failure = new Failure(1, NOW + 100, false, "it broke");
        Plan detach = world().device(keyboard)
                .guest(a, attachment)
                .failure(FailureKey.detach(a, attachment), failure)
                .plan();
        Plan clear = world().guest(a, attachment)
                .failure(FailureKey.detach(a, attachment), failure)
                .plan();
        assertThat(detach.steps()).isEmpty();
        assertThat(detach.wakeAt()).hasValue(NOW + 100);
        assertThat(clear.steps()).isEmpty();
        assertThat(clear.wakeAt()).hasValue(NOW + 100);
    }

    @Test
    void plan_wakesAtTheEarliestOfAll() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1")
                .guest(a)
                .failure(key, new Failure(1, NOW + 100, false, "x"))
                .hold(mouse, NOW + 70, "y")
                .plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.wakeAt()).hasValue(NOW + 70);
    }

    @Test
    void plan_whenHeld_waitsTillTheEnd() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a)
                .hold(keyboard, NOW + 1, "it settles")
                .plan();
        assertIdle(plan, Status.WAITING);
        assertThat(only(plan).reason()).isEqualTo("it settles");
        assertThat(plan.wakeAt()).hasValue(NOW + 1);
        onlyAttach(world().device(keyboard)
                .wish("a", "1-1")
                .guest(a)
                .hold(keyboard, NOW, "it settles")
                .plan());
    }

    @Test
    void plan_whenHeldForGood_isBlocked() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a)
                .hold(keyboard, Failure.NEVER, "taken away")
                .plan();
        assertIdle(plan, Status.BLOCKED);
        assertThat(plan.wakeAt()).isEmpty();
    }

    @Test
    void plan_whenHeldWhileAttached_leavesIt() {
        assertIdle(
                world().device(keyboard)
                        .wish("a", "1-1")
                        .guest(a, ours(a, keyboard, "h"))
                        .hold(keyboard, NOW + 100, "x")
                        .plan(),
                Status.ATTACHED);
    }

    @Test
    void plan_wakesAtTheEarliestEvenIfItComesFirst() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1")
                .guest(a)
                .failure(key, new Failure(1, NOW + 70, false, "x"))
                .hold(mouse, NOW + 100, "y")
                .plan();
        assertThat(plan.wakeAt()).hasValue(NOW + 70);
    }
}
