package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.foreign;
import static io.autousb.domain.plan.Worlds.inspection;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlannerAttachTest extends PlannerRules {

    @Test
    void plan_whenADeviceIsAssigned_attachesItToAFreePort() {
        Plan plan = world().device(keyboard).wish("a", "1-1").guest(a).plan();
        PlanStep.Attach step = onlyAttach(plan);
        assertThat(step.device()).isEqualTo(keyboard);
        assertThat(step.guest()).isEqualTo(a);
        assertThat(step.port().number()).isEqualTo(1);
        assertThat(step.reason()).contains("1-1");
        assertThat(only(plan).status()).isEqualTo(Status.IN_PROGRESS);
    }

    @Test
    void plan_whenNobodyIsToHaveIt_leavesItAlone() {
        assertIdle(world().device(keyboard).wish("a", "1-2").guest(a).plan(), Status.UNASSIGNED);
    }

    @Test
    void plan_whenItsGuestHasIt_doesNothing() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(a, ours(a, keyboard, "h"))
                .plan();
        assertIdle(plan, Status.ATTACHED);
        assertThat(plan.wakeAt()).isEmpty();
    }

    @Test
    void plan_whenItIsNotAuthorized_waits() {
        UsbDevice unauthorized = device("1-1.1", 5).authorized(false).build();
        Plan plan = world().device(unauthorized).wish("a", "1-1").guest(a).plan();
        assertIdle(plan, Status.NOT_READY);
        assertThat(only(plan).reason()).contains("authorized");
    }

    @Test
    void plan_whenItIsNotConfigured_waits() {
        UsbDevice unconfigured = device("1-1.1", 5).interfaces(List.of()).build();
        Plan plan = world().device(unconfigured).wish("a", "1-1").guest(a).plan();
        assertIdle(plan, Status.NOT_READY);
        assertThat(only(plan).reason()).contains("configured");
    }

    private final UsbDevice arriving = device("1-1.3", 7).interfaces(List.of()).build();

    @Test
    void plan_whenItIsNotConfigured_foreseesItsAttach() {
        Plan plan = world().device(arriving).wish("a", "1-1").guest(a).plan();
        assertThat(plan.foreseen()).singleElement().satisfies(attach -> {
            assertThat(attach.device()).isEqualTo(arriving);
            assertThat(attach.guest()).isEqualTo(a);
            assertThat(attach.port().number()).isEqualTo(1);
        });
    }

    @Test
    void plan_whenOthersAreAttachedNow_foreseesOnTheNextPort() {
        UsbDevice later = device("1-1.4", 8).interfaces(List.of()).build();
        Plan plan = world().device(later, arriving, keyboard)
                .wish("a", "1-1")
                .guest(a)
                .plan();
        assertThat(onlyAttach(plan).port().number()).isEqualTo(1);
        assertThat(plan.foreseen()).extracting(PlanStep.Attach::device).containsExactly(arriving, later);
        assertThat(plan.foreseen()).extracting(attach -> attach.port().number()).containsExactly(2, 3);
    }

    @Test
    void plan_whenThereIsNoPortLeft_foreseesNothingAndMakesNone() {
        Plan plan =
                world().device(arriving).wish("a", "1-1").guest(inspection(a)).plan();
        assertThat(plan.foreseen()).isEmpty();
        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void plan_whenSomethingIsInTheWay_foreseesNothing() {
        FailureKey key = FailureKey.attach(a, arriving.generation());
        UsbDevice unauthorized =
                device("1-1.3", 7).interfaces(List.of()).authorized(false).build();
        assertThat(Stream.of(
                                world().device(arriving).wish("a", "1-2").guest(a),
                                world().device(unauthorized).wish("a", "1-1").guest(a),
                                world().device(arriving).wish("a", "1-1").guest(b),
                                world().device(arriving).wish("a", "1-1").uninspected(a),
                                world().device(arriving).wish("a", "1-1").guest(xhci(a.withState(GuestState.STOPPED))),
                                world().device(arriving)
                                        .wish("a", "1-1")
                                        .guest(a)
                                        .hold(arriving, NOW + 1, "it flaps"),
                                world().device(arriving)
                                        .wish("a", "1-1")
                                        .guest(a)
                                        .failure(key, new Failure(1, NOW + 1, false, "no")),
                                world().device(arriving).wish("a", "1-1").guest(xhci(a), null, arriving))
                        .map(each -> each.plan().foreseen()))
                .allMatch(List::isEmpty);
    }

    @Test
    void plan_whenItsGuestIsAbsent_waits() {
        assertIdle(world().device(keyboard).wish("a", "1-1").guest(b).plan(), Status.WAITING);
    }

    @Test
    void plan_whenItsGuestHasNotBeenInspected_waits() {
        assertIdle(world().device(keyboard).wish("a", "1-1").uninspected(a).plan(), Status.WAITING);
        assertIdle(
                world().device(keyboard)
                        .wish("a", "1-1")
                        .uninspected(a, keyboard)
                        .plan(),
                Status.WAITING);
    }

    @ParameterizedTest
    @EnumSource(
            value = GuestState.class,
            names = {"TRANSIENT", "STOPPED", "UNKNOWN"})
    void plan_whenItsGuestIsNotToBeTouched_waitsAndSaysWhy(GuestState state) {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(xhci(a.withState(state)))
                .plan();
        assertIdle(plan, Status.WAITING);
        assertThat(only(plan).reason()).contains(state.toString());
    }

    @ParameterizedTest
    @EnumSource(
            value = GuestState.class,
            names = {"RUNNING", "PAUSED", "PRELAUNCH", "SUSPENDED"})
    void plan_whenItsGuestCouldGoOn_attaches(GuestState state) {
        onlyAttach(world().device(keyboard)
                .wish("a", "1-1")
                .guest(xhci(a.withState(state)))
                .plan());
    }

    @Test
    void plan_forTwoDevices_usesTwoPorts() {
        Plan plan = world().device(keyboard, mouse).wish("a", "1-1").guest(a).plan();
        assertThat(plan.steps())
                .extracting(step -> ((PlanStep.Attach) step).port().number())
                .containsExactly(1, 2);
    }

    @Test
    void plan_forTwoGuests_countsThePortsOfEach() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1.1")
                .wish("b", "1-1.2")
                .guest(a)
                .guest(b)
                .plan();
        assertThat(plan.steps()).extracting(PlanStep::guest).containsExactly(a, b);
        assertThat(plan.steps())
                .extracting(step -> ((PlanStep.Attach) step).port().number())
                .containsExactly(1, 1);
    }

    @Test
    void plan_whenAPortWasRefused_takesTheNext() {
        GuestInspection inspection = xhci(a);
        GuestPort refused = inspection.controllers().get(0).ports().get(0).occupied();
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(inspection, null, List.of(refused))
                .plan();
        assertThat(onlyAttach(plan).port().number()).isEqualTo(2);
    }

    @Test
    void plan_whenAPortIsTaken_takesTheNext() {
        Attachment other = Attachment.builder(a.id(), "h")
                .port(xhci(a).controllers().get(0).ports().get(0))
                .build();
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(with(xhci(a), other))
                .plan();
        assertThat(onlyAttach(plan).port().number()).isEqualTo(2);
    }

    @Test
    void plan_whileItIsBeingAttached_doesNotAttachItAgain() {
        PlanStep inFlight =
                onlyAttach(world().device(keyboard).wish("a", "1-1").guest(a).plan());
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(xhci(a), inFlight, keyboard)
                .plan();
        assertIdle(plan, Status.IN_PROGRESS);
    }

    @Test
    void plan_whenAnAttachHasAnUnknownOutcome_waitsForTheInspection() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(xhci(a), null, keyboard)
                .plan();
        assertIdle(plan, Status.WAITING);
        assertThat(only(plan).reason()).contains("may have it");
    }

    @Test
    void plan_forAHub_neverDoesAnything() {
        UsbDevice hub =
                device("1-1", 2).usbClass(new UsbClass(UsbClass.HUB, 0, 0)).build();
        World world = new World(
                NOW,
                new HostTopology(List.of(), List.of(new Hub(hub, List.of())), List.of()),
                new Policy(List.of(Worlds.wish("a", "1-1", hub.id().toString()))),
                List.of(new GuestView(a, Optional.of(xhci(a)), Optional.empty(), Set.of(), List.of())),
                Map.of(),
                Map.of(),
                Map.of());
        Plan plan = new Planner().plan(world);
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.decisions()).isEmpty();
    }

    @Test
    void plan_whenTheGuestHasAHubByAnotherHand_leavesItThere() {
        UsbDevice hub =
                device("1-1", 2).usbClass(new UsbClass(UsbClass.HUB, 0, 0)).build();
        World world = new World(
                NOW,
                new HostTopology(List.of(), List.of(new Hub(hub, List.of())), List.of()),
                new Policy(List.of(Worlds.wish("a", "1-1"))),
                List.of(new GuestView(
                        a, Optional.of(with(xhci(a), foreign(a, hub, "h"))), Optional.empty(), Set.of(), List.of())),
                Map.of(),
                Map.of(hub.generation(), 0L),
                Map.of());
        assertThat(new Planner().plan(world).steps()).isEmpty();
    }
}
