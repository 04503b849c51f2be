package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.XHCI_SPEEDS;
import static io.autousb.domain.plan.Worlds.controller;
import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.guest;
import static io.autousb.domain.plan.Worlds.inspection;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;

/** What the planner's tests have in common: two guests, two devices, and what one expects of a plan. */
abstract class PlannerRules {

    static final long NOW = 1_000_000;

    final Guest a = guest("a");
    final Guest b = guest("b");
    final UsbDevice keyboard = device("1-1.1", 5).build();
    final UsbDevice mouse = device("1-1.2", 6).build();

    static Worlds.Builder world() {
        return new Worlds.Builder().now(NOW);
    }

    static Decision only(Plan plan) {
        assertThat(plan.decisions()).hasSize(1);
        return plan.decisions().get(0);
    }

    static void assertIdle(Plan plan, Status status) {
        assertThat(plan.steps()).isEmpty();
        assertThat(only(plan).status()).isEqualTo(status);
    }

    static void assertClears(Plan plan, Attachment attachment) {
        assertThat(plan.steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        PlanStep.ClearStale.class,
                        step -> assertThat(step.attachment()).isEqualTo(attachment));
    }

    static PlanStep.Detach onlyDetach(Plan plan) {
        assertThat(plan.steps()).singleElement().isInstanceOf(PlanStep.Detach.class);
        return (PlanStep.Detach) plan.steps().get(0);
    }

    static PlanStep.Attach onlyAttach(Plan plan) {
        assertThat(plan.steps()).singleElement().isInstanceOf(PlanStep.Attach.class);
        return (PlanStep.Attach) plan.steps().get(0);
    }

    static GuestInspection with(GuestInspection inspection, Attachment attachment) {
        return inspection.plus(attachment);
    }

    GuestInspection xhci(Guest guest) {
        return inspection(guest, controller("xhci", XHCI_SPEEDS, 4));
    }
}
