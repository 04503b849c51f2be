package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which guests there are, and how their lives are told. */
abstract class HypervisorGuestRules extends HypervisorRules {

    @Test
    @DisplayName("HV-01 The guests are those that exist of those that were configured, under their names")
    final void guests_whenSomeExist_listsThoseConfigured() {
        world().start(ALPHA);
        world().start(BETA);
        Hypervisor hypervisor = watching(ALPHA, GAMMA);
        known(hypervisor, ALPHA);

        List<Guest> guests = hypervisor.guests(world().timeout());

        assertThat(guests).extracting(Guest::name).containsExactly(ALPHA);
        assertThat(guests).extracting(Guest::state).containsExactly(GuestState.RUNNING);
    }

    @Test
    @DisplayName("HV-02 A guest that starts is hinted, and then among the guests")
    final void start_whenWatching_isHintedAndListed() {
        Hypervisor hypervisor = watching(ALPHA);
        assertThat(find(hypervisor, ALPHA)).isEmpty();
        int mark = hints().guests().count();

        world().start(ALPHA);

        hints().guests()
                .awaitAfter(
                        mark,
                        "the guest is there",
                        () -> find(hypervisor, ALPHA).isPresent());
    }

    @Test
    @DisplayName("HV-03 A guest that ends is hinted, and then not among the guests")
    final void stop_whenWatching_isHintedAndNotListed() {
        Hypervisor hypervisor = running(ALPHA);
        int mark = hints().guests().count();

        world().stop(ALPHA);

        hints().guests()
                .awaitAfter(
                        mark, "the guest is gone", () -> find(hypervisor, ALPHA).isEmpty());
    }

    @Test
    @DisplayName("HV-04 A guest that is started anew is the same guest and another instance")
    final void restart_whenWatching_isAnotherInstance() {
        Hypervisor hypervisor = running(ALPHA);
        Guest before = known(hypervisor, ALPHA);
        int mark = hints().guests().count();

        world().stop(ALPHA);
        world().start(ALPHA);

        hints().guests()
                .awaitAfter(
                        mark,
                        "the guest is another instance",
                        () -> find(hypervisor, ALPHA)
                                .filter(guest -> !guest.instance().equals(before.instance()))
                                .isPresent());
        assertThat(known(hypervisor, ALPHA).id()).isEqualTo(before.id());
    }

    @Test
    @DisplayName("HV-05 A guest that runs on is the same instance, also for an adapter made anew")
    final void guests_whenAdapterMadeAnew_areTheSame() {
        Hypervisor first = running(ALPHA);
        Guest before = known(first, ALPHA);
        assertThat(known(first, ALPHA)).isEqualTo(before);
        first.close();

        assertThat(known(watching(ALPHA), ALPHA)).isEqualTo(before);
    }

    @Test
    @DisplayName("HV-06 Another state of a guest is hinted and shown")
    final void setState_whenWatching_isHintedAndShown() {
        needs(HypervisorCapability.GUEST_STATES);
        Hypervisor hypervisor = running(ALPHA);

        for (GuestState state : List.of(GuestState.PAUSED, GuestState.TRANSIENT, GuestState.RUNNING)) {
            int mark = hints().guests().count();
            world().setState(ALPHA, state);
            hints().guests()
                    .awaitAfter(
                            mark,
                            "the guest is " + state,
                            () -> find(hypervisor, ALPHA)
                                    .filter(guest -> guest.state() == state)
                                    .isPresent());
        }
    }

    @Test
    @DisplayName("HV-07 A reboot that keeps the attachments is no other instance")
    final void reboot_whenAttachmentsStay_isTheSameInstance() {
        needs(HypervisorCapability.KEEPING_REBOOT);
        Hypervisor hypervisor = running(ALPHA);
        Guest before = known(hypervisor, ALPHA);
        Attachment made = attach(hypervisor, before, world().plug(Gadget.keyboard()));

        world().reboot(ALPHA);

        assertThat(known(hypervisor, ALPHA).instance()).isEqualTo(before.instance());
        assertThat(attachments(hypervisor, ALPHA)).containsExactly(made);
    }

    @Test
    @DisplayName("HV-08 A guest that does not answer is UNKNOWN, and keeps the others from nothing")
    final void guests_whenOneHangs_listsTheOthersInTime() {
        needs(HypervisorCapability.HANG);
        needs(HypervisorCapability.HANG_SHOWS);
        world().start(ALPHA);
        world().start(BETA);
        Hypervisor hypervisor = watching(ALPHA, BETA);
        Guest alpha = known(hypervisor, ALPHA);
        Guest beta = known(hypervisor, BETA);
        world().hang(ALPHA);

        List<Guest> guests = inTime(() -> hypervisor.guests(world().shortTimeout()));

        assertThat(guests).containsExactlyInAnyOrder(alpha.withState(GuestState.UNKNOWN), beta);
    }

    @Test
    @DisplayName("HV-09 Configuring again adds and drops guests, and leaves those alone that stay")
    final void configure_whenCalledAgain_leavesOthersAlone() {
        world().start(ALPHA);
        world().start(BETA);
        world().start(GAMMA);
        Hypervisor hypervisor = watching(ALPHA, BETA);
        Guest before = known(hypervisor, ALPHA);
        known(hypervisor, BETA);
        Attachment made = attach(hypervisor, before, world().plug(Gadget.keyboard()));

        hypervisor.configure(specs(ALPHA, GAMMA));

        known(hypervisor, GAMMA);
        assertThat(hypervisor.guests(world().timeout()))
                .extracting(Guest::name)
                .containsExactlyInAnyOrder(ALPHA, GAMMA);
        assertThat(known(hypervisor, ALPHA)).isEqualTo(before);
        assertThat(attachments(hypervisor, before)).containsExactly(made);
        int mark = hints().guests().count();
        world().stop(ALPHA);
        hints().guests()
                .awaitAfter(
                        mark, "the guest is gone", () -> find(hypervisor, ALPHA).isEmpty());
    }

    @Test
    @DisplayName("HV-10 A setting that cannot be right fails with INVALID and a remedy")
    final void configure_whenSettingWrong_failsWithInvalid() {
        needs(HypervisorCapability.INVALID_SETTING);
        Hypervisor hypervisor = open();

        BackendException failure =
                Failures.of(BackendException.INVALID, () -> hypervisor.configure(List.of(world().invalidSpec())));

        assertThat(failure.remedy()).isNotBlank();
        assertThat(failure.retry()).isEqualTo(BackendException.Retry.NEVER);
    }
}
