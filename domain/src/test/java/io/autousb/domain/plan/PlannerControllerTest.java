package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.XHCI_SPEEDS;
import static io.autousb.domain.plan.Worlds.controller;
import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.inspection;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.plan.Decision.Status;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerControllerTest extends PlannerRules {

    private PlanStep.AddController onlyController(Plan plan) {
        assertThat(plan.steps()).singleElement().isInstanceOf(PlanStep.AddController.class);
        return (PlanStep.AddController) plan.steps().get(0);
    }

    @Test
    void plan_whenNoPortIsFree_makesOneControllerForAll() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1")
                .guest(inspection(a))
                .plan();
        assertThat(onlyController(plan).usbVersion()).isEqualTo(3);
        assertThat(plan.decisions()).extracting(Decision::status).containsOnly(Status.IN_PROGRESS);
    }

    @Test
    void plan_whenTwoGuestsHaveNone_makesOneForEach() {
        Plan plan = world().device(keyboard, mouse)
                .wish("a", "1-1.1")
                .wish("b", "1-1.2")
                .guest(inspection(a))
                .guest(inspection(b))
                .plan();
        assertThat(plan.steps()).extracting(PlanStep::guest).containsExactly(a, b);
    }

    @Test
    void plan_makesTheVersionThatIsWished() {
        Plan plan = world().device(device("1-1.1", 5).speed(UsbSpeed.FULL).build())
                .wish(Worlds.wish("a", 1, "1-1"))
                .guest(inspection(a))
                .plan();
        assertThat(onlyController(plan).usbVersion()).isEqualTo(1);
    }

    @Test
    void plan_whenTheOnlyFreePortDoesNotFit_makesAController() {
        GuestController ehci = controller("ehci", Set.of(UsbSpeed.HIGH), 2);
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(inspection(a, ehci))
                .plan();
        assertThat(onlyController(plan).reason())
                .isEqualTo("no free port fits the device's speed of " + keyboard.speed() + " Mb/s (ehci takes 480)");
    }

    @Test
    void plan_choosesThePortThatFits() {
        GuestController ehci = controller("ehci", Set.of(UsbSpeed.HIGH), 2);
        GuestController xhci = controller("xhci", XHCI_SPEEDS, 2);
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(inspection(a, ehci, xhci))
                .plan();
        assertThat(onlyAttach(plan).port().controller()).isEqualTo("xhci");
    }

    @ParameterizedTest
    @CsvSource({
        "LOW, LOW, true",
        "LOW, FULL, false",
        "FULL, FULL, true",
        "HIGH, FULL, false",
        "HIGH, HIGH, true",
        "SUPER, HIGH, false",
        "SUPER, SUPER, true",
        "SUPER_PLUS, SUPER, true",
        "SUPER_PLUS, HIGH, false",
        "UNKNOWN, HIGH, true",
        "UNKNOWN, FULL, true"
    })
    void plan_putsADeviceOnlyWhereItsSpeedIsSpoken(UsbSpeed speed, UsbSpeed port, boolean fits) {
        Plan plan = world().device(device("1-1.1", 5).speed(speed).build())
                .wish("a", "1-1")
                .guest(inspection(a, controller("c", Set.of(port), 1)))
                .plan();
        assertThat(plan.steps())
                .singleElement()
                .isInstanceOf(fits ? PlanStep.Attach.class : PlanStep.AddController.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1, LOW, true",
        "1, FULL, true",
        "1, HIGH, false",
        "1, SUPER, false",
        "1, UNKNOWN, true",
        "2, LOW, false",
        "2, FULL, false",
        "2, HIGH, true",
        "2, SUPER, false",
        "2, UNKNOWN, true",
        "3, LOW, true",
        "3, HIGH, true",
        "3, SUPER_PLUS, true",
        "3, UNKNOWN, true"
    })
    void plan_makesAControllerOnlyIfItWouldFit(int version, UsbSpeed speed, boolean makes) {
        Plan plan = world().device(device("1-1.1", 5).speed(speed).build())
                .wish(Worlds.wish("a", version, "1-1"))
                .guest(inspection(a))
                .plan();
        if (makes) {
            onlyController(plan);
        } else {
            assertIdle(plan, Status.BLOCKED);
            assertThat(only(plan).reason()).contains("--usb-version 3");
        }
    }

    @Test
    void plan_afterAFailedController_waits() {
        Worlds.Builder world = world().device(keyboard).wish("a", "1-1").guest(inspection(a));
        Plan plan = world.failure(FailureKey.controller(a), new Failure(1, NOW + 9, false, "no room"))
                .plan();
        assertIdle(plan, Status.WAITING);
        assertThat(only(plan).reason()).isEqualTo("no room");
        assertThat(plan.wakeAt()).hasValue(NOW + 9);
    }

    @Test
    void plan_afterAControllerThatCannotBeMade_isBlocked() {
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(inspection(a))
                .failure(FailureKey.controller(a), new Failure(1, Failure.NEVER, false, "no room"))
                .plan();
        assertIdle(plan, Status.BLOCKED);
    }

    @Test
    void plan_whenAllPortsWereRefused_makesAController() {
        GuestInspection inspection = inspection(a, controller("xhci", XHCI_SPEEDS, 1));
        Plan plan = world().device(keyboard)
                .wish("a", "1-1")
                .guest(inspection, null, inspection.controllers().get(0).ports())
                .plan();
        onlyController(plan);
    }
}
