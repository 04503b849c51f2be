package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.Optional;

/** Turns a step into the call that does it. Called on a guest's own thread. */
final class StepRunner {

    private final Duration timeout;

    StepRunner(Duration timeout) {
        this.timeout = timeout;
    }

    AttachRequest request(PlanStep.Attach attach) {
        return new AttachRequest(attach.guest(), attach.device(), attach.port(), timeout);
    }

    /** Does a step; what an attach made is returned. */
    Optional<Attachment> run(Hypervisor hypervisor, PlanStep step) {
        if (step instanceof PlanStep.Attach attach) {
            return Optional.of(hypervisor.attach(request(attach)));
        }
        if (step instanceof PlanStep.Detach detach) {
            hypervisor.detach(new DetachRequest(detach.guest(), detach.attachment(), true, timeout));
        } else if (step instanceof PlanStep.ClearStale clear) {
            hypervisor.detach(new DetachRequest(clear.guest(), clear.attachment(), false, timeout));
        } else if (step instanceof PlanStep.AddController add) {
            hypervisor.addController(new AddControllerRequest(add.guest(), add.usbVersion(), timeout));
        }
        return Optional.empty();
    }
}
