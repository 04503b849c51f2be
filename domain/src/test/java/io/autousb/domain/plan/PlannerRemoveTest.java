package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.XHCI_SPEEDS;
import static io.autousb.domain.plan.Worlds.controller;
import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.foreign;
import static io.autousb.domain.plan.Worlds.inspection;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlannerRemoveTest extends PlannerRules {

    @Test
    void plan_whenOursIsNoLongerWanted_detachesIt() {
        Plan plan = world().device(keyboard).guest(a, ours(a, keyboard, "h")).plan();
        PlanStep.Detach step = onlyDetach(plan);
        assertThat(step.device()).isEqualTo(keyboard);
        assertThat(step.attachment().handle()).isEqualTo("h");
        assertThat(step.cure()).isFalse();
        assertThat(only(plan).status()).isEqualTo(Status.UNASSIGNED);
    }

    @Test
    void plan_whenForeignIsNotWanted_leavesItAlone() {
        assertIdle(world().device(keyboard).guest(a, foreign(a, keyboard, "h")).plan(), Status.UNASSIGNED);
    }

    @Test
    void plan_whenForeignIsWanted_adoptsIt() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, foreign(a, keyboard, "h"))
                .plan();
        assertIdle(plan, Status.ATTACHED);
        assertThat(only(plan).reason()).contains("another hand");
    }

    @Test
    void plan_whenForeignIsNamedByPlace_adoptsIt() {
        Attachment byPath =
                Attachment.builder(a.id(), "h").path(keyboard.path()).build();
        assertIdle(world().device(keyboard).wish("a", "1-1").guest(a, byPath).plan(), Status.ATTACHED);
    }

    @Test
    void plan_whenItsDeviceIsGone_clearsOurs() {
        Attachment stale = ours(a, keyboard, "h");
        assertClears(world().wish("a", "1-1").guest(a, stale).plan(), stale);
    }

    @Test
    void plan_whenItsDeviceIsGone_clearsForeign() {
        Attachment byAddress = foreign(a, keyboard, "h");
        Attachment byPath =
                Attachment.builder(a.id(), "h").path(keyboard.path()).build();
        assertClears(world().guest(a, byAddress).plan(), byAddress);
        assertClears(world().guest(a, byPath).plan(), byPath);
    }

    @Test
    void plan_whenItsDeviceIsAnotherGeneration_clearsAndAttachesTheNew() {
        UsbDevice again = device("1-1.1", 7).build();
        Attachment stale = ours(a, keyboard, "h");
        Plan plan = world().device(again).wish("a", "1-1").guest(a, stale).plan();
        assertThat(plan.steps()).hasSize(2);
        assertThat(plan.steps().get(0))
                .isInstanceOfSatisfying(
                        PlanStep.ClearStale.class,
                        step -> assertThat(step.attachment()).isEqualTo(stale));
        assertThat(plan.steps().get(1))
                .isInstanceOfSatisfying(
                        PlanStep.Attach.class, step -> assertThat(step.device()).isEqualTo(again));
    }

    @Test
    void plan_whenTheSameAddressIsAnotherGeneration_isNotFooled() {
        Attachment stale = foreign(a, keyboard, "h")
                .withGeneration(device("1-1.1", 9).build().generation());
        Plan plan = world().device(keyboard).wish("a", "1-1").guest(a, stale).plan();
        assertThat(plan.steps().get(0)).isInstanceOf(PlanStep.ClearStale.class);
        assertThat(plan.steps().get(1)).isInstanceOf(PlanStep.Attach.class);
    }

    @Test
    void plan_whenItsDeviceIsNoLongerAuthorized_clearsIt() {
        UsbDevice unauthorized = device("1-1.1", 5).authorized(false).build();
        Attachment attachment = ours(a, keyboard, "h");
        Plan plan = world().device(unauthorized)
                .wish("a", "1-1")
                .guest(a, attachment)
                .plan();
        assertClears(plan, attachment);
        assertThat(only(plan).status()).isEqualTo(Status.NOT_READY);
    }

    @Test
    void plan_whenTheDeviceOfAForeignOneIsNoLongerAuthorized_leavesItAlone() {
        UsbDevice unauthorized = device("1-1.1", 5).authorized(false).build();
        Attachment foreign = Attachment.builder(a.id(), "byhand")
                .address(unauthorized.address())
                .build();
        Plan plan =
                world().device(unauthorized).wish("a", "1-1").guest(a, foreign).plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(only(plan).status()).isEqualTo(Status.NOT_READY);
    }

    @Test
    void plan_whenAnAttachmentNamesNoDevice_leavesItAlone() {
        assertThat(world().guest(a, Attachment.builder(a.id(), "h").build())
                        .plan()
                        .steps())
                .isEmpty();
    }

    @Test
    void plan_whenAnObjectRematches_isNeverRemoved() {
        Attachment gone = Attachment.builder(a.id(), "h1")
                .match(new DeviceMatch(0, 0, mouse.path().bus(), mouse.path().chain()))
                .build();
        Attachment unwanted = Attachment.builder(a.id(), "h2")
                .path(keyboard.path())
                .match(new DeviceMatch(
                        0, 0, keyboard.path().bus(), keyboard.path().chain()))
                .ours(true)
                .connected(false)
                .build();
        Plan plan = world().device(keyboard)
                .wish("b", "1-1")
                .guest(a, gone, unwanted)
                .guest(b)
                .heldByHostSince(keyboard, 0)
                .plan();
        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void plan_whenItIsAttachedTwice_detachesOursButNotTheLast() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, ours(a, keyboard, "h1"), ours(a, keyboard, "h2"))
                .plan();
        assertThat(onlyDetach(plan).attachment().handle()).isEqualTo("h2");
        assertThat(onlyDetach(plan).reason()).contains("twice");
    }

    @Test
    void plan_whenItIsAttachedTwiceByAnotherHand_leavesIt() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, ours(a, keyboard, "h1"), foreign(a, keyboard, "h2"))
                .plan();
        assertIdle(plan, Status.ATTACHED);
    }

    @Test
    void plan_whileItIsBeingDetached_doesNotDetachItAgain() {
        Attachment attachment = ours(a, keyboard, "h");
        PlanStep inFlight = new PlanStep.Detach(a, attachment, keyboard, false, "x");
        assertThat(world().device(keyboard)
                        .guest(with(xhci(a), attachment), inFlight)
                        .plan()
                        .steps())
                .isEmpty();
    }

    @Test
    void plan_whileItIsBeingCured_doesNotCallItAttached() {
        Attachment attachment = ours(a, keyboard, "h");
        PlanStep inFlight = new PlanStep.Detach(a, attachment, keyboard, true, "x");
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(with(xhci(a), attachment), inFlight)
                .plan();
        assertIdle(plan, Status.IN_PROGRESS);
    }

    @Test
    void plan_whileItIsBeingCleared_doesNotClearItAgain() {
        Attachment attachment = ours(a, keyboard, "h");
        PlanStep inFlight = new PlanStep.ClearStale(a, attachment, "x");
        assertThat(world().guest(with(xhci(a), attachment), inFlight).plan().steps())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = GuestState.class,
            names = {"TRANSIENT", "STOPPED", "UNKNOWN"})
    void plan_whenTheGuestIsNotToBeTouched_removesNothing(GuestState state) {
        Guest still = a.withState(state);
        Plan plan = world().device(keyboard)
                .guest(with(with(xhci(still), ours(a, keyboard, "h1")), ours(a, mouse, "h2")))
                .plan();
        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void plan_removesBeforeItAttaches_andAttachesBeforeItMakesControllers() {
        UsbDevice third = device("1-1.3", 7).build();
        Plan plan = world().device(keyboard, third)
                .wish("a", "1-1")
                .guest(with(inspection(a, controller("xhci", XHCI_SPEEDS, 1)), ours(a, mouse, "h")))
                .plan();
        assertThat(plan.steps())
                .<Class<?>>extracting(Object::getClass)
                .containsExactly(PlanStep.ClearStale.class, PlanStep.Attach.class, PlanStep.AddController.class);
    }
}
