package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.foreign;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.plan.Decision.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerMoveTest extends PlannerRules {

    @Test
    void plan_whenOursBelongsToAnother_detachesFirst() {
        Plan plan = world().device(keyboard)
                .wish("b", "1-1")
                .guest(a, ours(a, keyboard, "h"))
                .guest(b)
                .plan();
        assertThat(onlyDetach(plan).guest()).isEqualTo(a);
        assertThat(onlyDetach(plan).reason()).contains("belongs to b");
        assertThat(only(plan).status()).isIn(Status.WAITING, Status.IN_PROGRESS);
    }

    @Test
    void plan_whileItIsBeingDetachedElsewhere_doesNotAttach() {
        Attachment attachment = ours(a, keyboard, "h");
        Plan plan = world().device(keyboard)
                .wish("b", "1-1")
                .guest(with(xhci(a), attachment), new PlanStep.Detach(a, attachment, keyboard, false, "x"))
                .guest(b)
                .plan();
        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void plan_whenAnotherHandHasItElsewhere_isBlocked() {
        Plan plan = world().device(keyboard)
                .wish("b", "1-1")
                .guest(a, foreign(a, keyboard, "h"))
                .guest(b)
                .plan();
        assertIdle(plan, Status.BLOCKED);
        assertThat(only(plan).reason()).contains("guest a");
    }

    @Test
    void plan_whenItsOwnGuestTakesItByItself_doesNotAttachItTwice() {
        Attachment rematching = Attachment.builder(a.id(), "h")
                .match(new DeviceMatch(keyboard.id().vendor(), keyboard.id().product(), 0, List.of()))
                .build();
        Plan plan =
                world().device(keyboard).wish("a", "1-1").guest(a, rematching).plan();
        assertIdle(plan, Status.ATTACHED);
    }

    @Test
    void plan_whenARematchingObjectHasItElsewhere_isBlocked() {
        Attachment rematching = Attachment.builder(a.id(), "h")
                .match(new DeviceMatch(
                        0, 0, keyboard.path().bus(), keyboard.path().chain()))
                .build();
        assertIdle(
                world().device(keyboard)
                        .wish("b", "1-1")
                        .guest(a, rematching)
                        .guest(b)
                        .plan(),
                Status.BLOCKED);
    }

    @Test
    void plan_whenAnotherGuestMayHaveIt_waits() {
        assertIdle(
                world().device(keyboard)
                        .wish("b", "1-1")
                        .guest(xhci(a), null, keyboard)
                        .guest(b)
                        .plan(),
                Status.WAITING);
    }

    @Test
    void plan_whenAnotherGuestIsNotInspectedYet_waits() {
        assertIdle(
                world().device(keyboard)
                        .wish("b", "1-1")
                        .uninspected(a, keyboard)
                        .guest(b)
                        .plan(),
                Status.WAITING);
    }

    @Test
    void plan_whenAnUninspectedGuestCannotHaveIt_attaches() {
        onlyAttach(world().device(keyboard)
                .wish("b", "1-1")
                .uninspected(a, mouse)
                .guest(b)
                .plan());
    }

    @Test
    void plan_whenAGuestThatIsNotToBeTouchedHasIt_waits() {
        Guest still = a.withState(GuestState.TRANSIENT);
        assertIdle(
                world().device(keyboard)
                        .wish("b", "1-1")
                        .guest(with(xhci(still), ours(a, keyboard, "h")))
                        .guest(b)
                        .plan(),
                Status.WAITING);
    }

    @Test
    void plan_whenBothHaveIt_takesItAwayFromTheWrongOne() {
        Plan plan = world().device(keyboard)
                .wish("b", "1-1")
                .guest(a, ours(a, keyboard, "h1"))
                .guest(b, ours(b, keyboard, "h2"))
                .plan();
        assertThat(onlyDetach(plan).guest()).isEqualTo(a);
    }
}
