package io.autousb.domain.plan;

import static io.autousb.domain.plan.Worlds.device;
import static io.autousb.domain.plan.Worlds.ours;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanStepTest extends PlannerRules {

    @Test
    void toString_isSafeAndSaysWhatAndWhy() {
        Guest evil = new Guest(new GuestId("sim", "e"), "e\n", "1", GuestState.RUNNING);
        UsbDevice device = device("1-1", 3).strings(null, "x\u001b", null).build();
        Attachment attachment = ours(evil, device, "h\n");
        GuestPort port = new GuestPort("c\n", 1, Set.of(), true);
        assertThat(List.of(
                        new PlanStep.Attach(evil, device, port, "why"),
                        new PlanStep.Detach(evil, attachment, device, false, "why"),
                        new PlanStep.ClearStale(evil, attachment, "why"),
                        new PlanStep.AddController(evil, 3, "why")))
                .allSatisfy(step -> assertThat(step.toString())
                        .matches("[ -~]+")
                        .contains("e\\x0a")
                        .endsWith(": why"));
    }

    @Test
    void failureKey_isTheSameForBothKindsOfRemoval_andAnotherForEachInstance() {
        Attachment attachment = ours(a, keyboard, "h");
        assertThat(new PlanStep.Detach(a, attachment, keyboard, false, "").failureKey())
                .isEqualTo(new PlanStep.ClearStale(a, attachment, "").failureKey());
        Guest restarted = new Guest(a.id(), "a", "a#2", GuestState.RUNNING);
        assertThat(FailureKey.controller(a)).isNotEqualTo(FailureKey.controller(restarted));
        assertThat(FailureKey.attach(a, keyboard.generation()))
                .isNotEqualTo(FailureKey.attach(a, mouse.generation()))
                .isNotEqualTo(FailureKey.cure(a, keyboard.generation()));
    }
}
