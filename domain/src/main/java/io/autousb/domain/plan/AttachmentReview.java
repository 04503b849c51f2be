package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.PlanningRound.Holding;
import io.autousb.domain.policy.Assignment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at what the guests have: what is dead, what is no longer wanted, what does not work. */
final class AttachmentReview {

    private final PlanningRound round;

    AttachmentReview(PlanningRound round) {
        this.round = round;
    }

    void run() {
        for (GuestView view : round.world.guests()) {
            view.inspection().ifPresent(inspection -> {
                for (Attachment attachment : inspection.attachments()) {
                    review(view, attachment);
                }
            });
        }
    }

    private void review(GuestView view, Attachment attachment) {
        if (attachment.match().isPresent()) {
            holdWhatMatches(view, attachment, attachment.match().get());
            return;
        }
        UsbDevice device = round.deviceOf(attachment);
        boolean second = device != null
                && round.holdings(device).stream()
                        .anyMatch(other -> other.guest().isOf(view));
        if (device != null) {
            round.hold(device.generation(), new Holding(view, attachment));
        }
        PlanStep leaving = leaving(view, attachment);
        if (leaving != null && device != null) {
            round.isBeingRemoved(device, leaving);
        }
        if (leaving != null || !view.guest().state().acceptsChanges()) {
            return;
        }
        if (device == null) {
            clearIfGone(view, attachment);
            return;
        }
        if (!device.authorized()) {
            if (attachment.ours()) {
                clear(view, attachment, "the host does not let its device be used any more");
            }
            return;
        }
        Optional<Assignment> assignment = round.assignment(device);
        boolean wanted =
                assignment.filter(it -> it.guest().equals(view.guest().name())).isPresent();
        if (!wanted) {
            if (attachment.ours()) {
                detach(
                        view,
                        attachment,
                        device,
                        assignment
                                .map(it -> "it belongs to " + it.guest() + " now: " + it.reason())
                                .orElse("no guest is to have it any more"));
            }
        } else if (second) {
            if (attachment.ours()) {
                detach(view, attachment, device, "it is attached twice");
            }
        } else {
            cureIfSick(view, attachment, device);
        }
    }

    /** The hypervisor takes these by itself, now or at any time: they are never ours to give. */
    private void holdWhatMatches(GuestView view, Attachment attachment, DeviceMatch match) {
        for (UsbDevice device : round.world.topology().devices()) {
            if (match.covers(device)) {
                round.hold(device.generation(), new Holding(view, attachment));
            }
        }
    }

    /** The removal under way. */
    private static @Nullable PlanStep leaving(GuestView view, Attachment attachment) {
        return view.inFlight()
                .filter(step -> step instanceof PlanStep.Detach detach
                                && detach.attachment().handle().equals(attachment.handle())
                        || step instanceof PlanStep.ClearStale clear
                                && clear.attachment().handle().equals(attachment.handle()))
                .orElse(null);
    }

    private void clearIfGone(GuestView view, Attachment attachment) {
        boolean namesDevice = attachment.generation().isPresent()
                || attachment.address().isPresent()
                || attachment.path().isPresent();
        if (namesDevice) {
            clear(view, attachment, "the host no longer has its device");
        }
    }

    private void clear(GuestView view, Attachment attachment, String reason) {
        if (round.forbidding(FailureKey.detach(view.guest(), attachment)) == null) {
            round.remove(new PlanStep.ClearStale(view.guest(), attachment, reason));
        }
    }

    private void cureIfSick(GuestView view, Attachment attachment, UsbDevice device) {
        String sickness = sickness(attachment, device);
        if (sickness != null && round.forbidding(FailureKey.cure(view.guest(), device.generation())) == null) {
            remove(new PlanStep.Detach(view.guest(), attachment, device, true, sickness + ", it is attached anew"));
        }
    }

    private @Nullable String sickness(Attachment attachment, UsbDevice device) {
        if (!attachment.connected()) {
            return "the guest has lost it";
        }
        Long since = round.world.heldByHostSince().get(device.generation());
        if (since == null) {
            return null;
        }
        long takenAt = since + Planner.TAKEN_AFTER_MILLIS;
        if (round.world.now() >= takenAt) {
            return "a driver of the host has taken it back";
        }
        round.wakeAt(takenAt);
        return null;
    }

    private void detach(GuestView view, Attachment attachment, UsbDevice device, String reason) {
        remove(new PlanStep.Detach(view.guest(), attachment, device, false, reason));
    }

    private void remove(PlanStep.Detach step) {
        if (round.forbidding(step.failureKey()) == null) {
            round.remove(step);
        }
    }
}
