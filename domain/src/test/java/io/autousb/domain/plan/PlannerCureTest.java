package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.foreign;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.plan.Decision.Status;
import org.junit.jupiter.api.Test;

class PlannerCureTest extends PlannerRules {

    @Test
    void plan_whenTheGuestHasLostIt_detachesToAttachAnew() {
        Attachment lost = Attachment.builder(a.id(), "h")
                .address(keyboard.address())
                .ours(true)
                .connected(false)
                .build();
        Plan plan = world().device(keyboard).wish("a", "1-1").guest(a, lost).plan();
        assertThat(onlyDetach(plan).cure()).isTrue();
        assertThat(only(plan).status()).isEqualTo(Status.IN_PROGRESS);
    }

    @Test
    void plan_whenTheHostHasTakenItBack_detachesToAttachAnew() {
        long since = NOW - Planner.TAKEN_AFTER_MILLIS;
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, ours(a, keyboard, "h"))
                .heldByHostSince(keyboard, since)
                .plan();
        assertThat(onlyDetach(plan).cure()).isTrue();
        assertThat(onlyDetach(plan).reason()).contains("driver of the host");
    }

    @Test
    void plan_whenTheHostHasJustTakenIt_givesItTimeToLetGo() {
        long since = NOW - Planner.TAKEN_AFTER_MILLIS + 1;
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, ours(a, keyboard, "h"))
                .heldByHostSince(keyboard, since)
                .plan();
        assertIdle(plan, Status.ATTACHED);
        assertThat(plan.wakeAt()).hasValue(NOW + 1);
    }

    @Test
    void plan_whenTheHostHasADeviceThatIsNotAttached_onlyAttaches() {
        onlyAttach(world().device(keyboard)
                .wish("a", "1-1")
                .guest(a)
                .heldByHostSince(keyboard, 0)
                .plan());
    }

    @Test
    void plan_whenTheCureIsToWait_waits() {
        Attachment attachment = ours(a, keyboard, "h");
        Worlds.Builder world =
                world().device(keyboard).wish("a", "1-1").guest(a, attachment).heldByHostSince(keyboard, 0);
        Plan plan = world.failure(FailureKey.cure(a, keyboard.generation()), new Failure(1, NOW + 50, false, "again"))
                .plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.wakeAt()).hasValue(NOW + 50);
    }

    @Test
    void plan_whenItsDetachIsToWait_waits() {
        Attachment attachment = ours(a, keyboard, "h");
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, attachment)
                .heldByHostSince(keyboard, 0)
                .failure(FailureKey.detach(a, attachment), new Failure(1, NOW + 50, false, "again"))
                .plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.wakeAt()).hasValue(NOW + 50);
    }

    @Test
    void plan_whenASickForeignOneIsWanted_curesIt() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, foreign(a, keyboard, "h"))
                .heldByHostSince(keyboard, 0)
                .plan();
        assertThat(onlyDetach(plan).cure()).isTrue();
    }

    @Test
    void plan_whenASickForeignOneIsNotWanted_leavesIt() {
        assertThat(world().device(keyboard)
                        .guest(a, foreign(a, keyboard, "h"))
                        .heldByHostSince(keyboard, 0)
                        .plan()
                        .steps())
                .isEmpty();
    }
}
