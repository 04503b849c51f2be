package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of a call whose guest ends, hangs or loses the answer. */
abstract class HypervisorFailureRules extends HypervisorDetachRules {

    @Test
    @DisplayName("HV-39 A guest that is gone fails the attach with GUEST_GONE")
    final void attach_whenGuestGone_failsWithGuestGone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());

        world().stop(ALPHA);

        Failures.of(BackendException.GUEST_GONE, () -> hypervisor.attach(attachRequest(guest, device, port)));
    }

    @Test
    @DisplayName("HV-40 An attach to an earlier instance fails with GUEST_GONE, and changes nothing")
    final void attach_whenEarlierInstance_failsWithGuestGone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest before = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, before);
        UsbDevice device = world().plug(Gadget.keyboard());
        restart(hypervisor, before);

        Failures.of(BackendException.GUEST_GONE, () -> hypervisor.attach(attachRequest(before, device, port)));

        assertThat(attachments(hypervisor, ALPHA)).isEmpty();
    }

    @Test
    @DisplayName("HV-41 A detach from an earlier instance leaves the present one alone")
    final void detach_whenEarlierInstance_changesNothing() {
        Hypervisor hypervisor = running(ALPHA);
        Guest before = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        Attachment old = attach(hypervisor, before, device);
        restart(hypervisor, before);
        Attachment made = attach(hypervisor, known(hypervisor, ALPHA), device);

        try {
            detach(hypervisor, before, old, true);
        } catch (BackendException e) {
            assertThat(e.code()).isEqualTo(BackendException.GUEST_GONE);
        }

        assertThat(attachments(hypervisor, ALPHA)).containsExactly(made);
    }

    private void restart(Hypervisor hypervisor, Guest before) {
        world().stop(ALPHA);
        world().start(ALPHA);
        Await.until(
                world().patience(),
                "the guest is another instance",
                () -> !known(hypervisor, ALPHA).instance().equals(before.instance()));
    }

    @Test
    @DisplayName("HV-42 A guest that ends in the middle of an attach fails it, with GUEST_GONE or an unknown outcome")
    final void attach_whenGuestEndsMeanwhile_fails() {
        needs(HypervisorCapability.END_IN_CALL);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().endInNextChange(ALPHA);

        BackendException failure = failsInTime(() -> attachShortly(hypervisor, guest, device, port));

        assertThat(failure.is(BackendException.GUEST_GONE) || failure.outcomeUnknown())
                .as("guest gone, or outcome unknown: %s", failure.code())
                .isTrue();
    }

    @Test
    @DisplayName("HV-43 A guest that hangs fails the attach in time, with an unknown outcome")
    final void attach_whenGuestHangs_failsInTimeWithUnknownOutcome() {
        needs(HypervisorCapability.HANG);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().hang(ALPHA);

        BackendException failure = failsInTime(() -> attachShortly(hypervisor, guest, device, port));

        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    @DisplayName("HV-44 A guest that hangs fails the detach in time, with an unknown outcome")
    final void detach_whenGuestHangs_failsInTimeWithUnknownOutcome() {
        needs(HypervisorCapability.HANG);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        world().hang(ALPHA);

        BackendException failure =
                failsInTime(() -> hypervisor.detach(new DetachRequest(guest, made, true, world().shortTimeout())));

        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    @DisplayName("HV-45 A guest that hangs fails a new controller in time, with an unknown outcome")
    final void addController_whenGuestHangs_failsInTimeWithUnknownOutcome() {
        needs(HypervisorCapability.HANG);
        needs(HypervisorCapability.ADD_CONTROLLER);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        world().hang(ALPHA);

        BackendException failure =
                failsInTime(() -> hypervisor.addController(new AddControllerRequest(guest, 3, world().shortTimeout())));

        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    @DisplayName("HV-46 A guest that hung and answers again can be used again")
    final void attach_whenGuestHungBefore_succeeds() {
        needs(HypervisorCapability.HANG);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.stick("1"));
        world().hang(ALPHA);
        failsInTime(() -> {
            if (lacks(HypervisorCapability.HANG_SHOWS)) {
                attachShortly(hypervisor, guest, device, port);
            }
            hypervisor.inspect(guest, world().shortTimeout());
        });

        world().release(ALPHA);

        assertThat(known(hypervisor, ALPHA)).isEqualTo(guest);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        assertThat(attachments(hypervisor, guest)).contains(made);
    }

    @Test
    @DisplayName("HV-47 A change made without an answer has an unknown outcome, and an inspection tells")
    final void attach_whenAnswerLostAndDone_isFoundByInspection() {
        needs(HypervisorCapability.LOST_ANSWER);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().loseNextAnswer(ALPHA, true);

        BackendException failure = failsInTime(() -> attachShortly(hypervisor, guest, device, port));

        assertThat(failure.outcomeUnknown()).isTrue();
        Attachment seen = onlyAttachment(hypervisor, known(hypervisor, ALPHA));
        assertThat(seen.ours()).isTrue();
        assertThat(seen.generation()).contains(device.generation());
    }

    @Test
    @DisplayName("HV-48 A change neither made nor answered has an unknown outcome, and is not made again")
    final void attach_whenAnswerLostAndNotDone_isNotFoundByInspection() {
        needs(HypervisorCapability.LOST_ANSWER);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().loseNextAnswer(ALPHA, false);

        BackendException failure = failsInTime(() -> attachShortly(hypervisor, guest, device, port));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(attachments(hypervisor, ALPHA)).isEmpty();
    }
}
