package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an inspection of a guest shows. */
abstract class HypervisorInspectRules extends HypervisorGuestRules {

    @Test
    @DisplayName("HV-11 An inspection shows the guest, its controllers and all their ports")
    final void inspect_whenNothingAttached_showsFreePorts() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);

        GuestInspection seen = inspect(hypervisor, guest);

        assertThat(seen.guest()).isEqualTo(guest);
        assertThat(seen.attachments()).isEmpty();
        GuestController controller = seen.controllers().get(0);
        assertThat(controller.usbVersion()).isEqualTo(world().usbVersion());
        assertThat(controller.ports()).hasSizeGreaterThanOrEqualTo(4).allMatch(GuestPort::free);
        assertThat(controller.ports()).extracting(GuestPort::controller).containsOnly(controller.id());
        assertThat(controller.ports())
                .extracting(GuestPort::number)
                .contains(1, 2, 3, 4)
                .doesNotHaveDuplicates();
        assertThat(controller.ports())
                .allSatisfy(port -> assertThat(port.speeds())
                        .contains(Gadget.keyboard().speed(), Gadget.stick("1").speed()));
    }

    @Test
    @DisplayName("HV-12 What another program attached under a name is shown, as not ours")
    final void inspect_whenAttachedByHandWithName_showsIt() {
        needs(HypervisorCapability.FOREIGN_NAMED);
        assertForeignIsShown(Foreign.NAMED);
    }

    @Test
    @DisplayName("HV-13 What another program attached without a name is shown, as not ours")
    final void inspect_whenAttachedByHandWithoutName_showsIt() {
        needs(HypervisorCapability.FOREIGN_ANONYMOUS);
        assertForeignIsShown(Foreign.ANONYMOUS);
    }

    private void assertForeignIsShown(Foreign how) {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        GuestPort port = freePort(hypervisor, guest);

        world().attachByHand(ALPHA, device, port, how);

        Attachment seen = onlyAttachment(hypervisor, guest);
        assertThat(seen.ours()).isFalse();
        assertThat(seen.rematches()).isFalse();
        assertThat(seen.guest()).isEqualTo(guest.id());
        assertNames(seen, device);
    }

    @Test
    @DisplayName("HV-14 What attaches whatever matches is shown as such, and as not ours")
    final void inspect_whenAttachedByMatch_showsThatItRematches() {
        needs(HypervisorCapability.FOREIGN_REMATCHING);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());

        world().attachByHand(ALPHA, device, freePort(hypervisor, guest), Foreign.REMATCHING);

        Attachment seen = onlyAttachment(hypervisor, guest);
        assertThat(seen.ours()).isFalse();
        assertThat(seen.rematches()).isTrue();
    }

    @Test
    @DisplayName("HV-15 What another program takes away is hinted, and then not shown")
    final void detachByHand_whenWatching_isHinted() {
        needs(HypervisorCapability.REMOVAL_HINT);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        inspect(hypervisor, guest);
        int mark = hints().attachments(guest.id()).count();

        world().detachByHand(ALPHA, made);

        hints().attachments(guest.id())
                .awaitAfter(
                        mark,
                        "the attachment is gone",
                        () -> attachments(hypervisor, guest).isEmpty());
    }

    @Test
    @DisplayName("HV-16 A port with something else plugged in is not free")
    final void inspect_whenPortTaken_showsItAsUsed() {
        needs(HypervisorCapability.TAKEN_PORT);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> before = freePorts(hypervisor, guest);

        world().takePort(ALPHA, before.get(1));

        assertThat(freePorts(hypervisor, guest)).hasSize(before.size() - 1).noneMatch(before.get(1)::isSamePort);
        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    @Test
    @DisplayName("HV-17 A guest that is gone fails the inspection with GUEST_GONE")
    final void inspect_whenGuestGone_failsWithGuestGone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);

        world().stop(ALPHA);

        Failures.of(BackendException.GUEST_GONE, () -> inspect(hypervisor, guest));
    }

    @Test
    @DisplayName("HV-18 A guest that does not answer fails the inspection in time")
    final void inspect_whenGuestHangs_failsInTime() {
        needs(HypervisorCapability.HANG);
        needs(HypervisorCapability.HANG_SHOWS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        world().hang(ALPHA);

        failsInTime(() -> hypervisor.inspect(guest, world().shortTimeout()));
    }

    @Test
    @DisplayName("HV-19 A loss that the hypervisor itself noticed is shown")
    final void inspect_whenLossNoticed_showsItAsNotConnected() {
        needs(HypervisorCapability.REPORTED_LOSS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        Attachment made = attach(hypervisor, guest, device);
        assertThat(made.connected()).isTrue();

        world().unplug(device);
        world().noticeLoss(ALPHA, made);

        assertThat(onlyAttachment(hypervisor, guest).connected()).isFalse();
    }

    final Attachment onlyAttachment(Hypervisor hypervisor, Guest guest) {
        List<Attachment> all = attachments(hypervisor, guest);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    /** An attachment names its device by address or place, and by nothing that is another's. */
    final void assertNames(Attachment attachment, UsbDevice device) {
        assertThat(attachment.address().isPresent() || attachment.path().isPresent())
                .as("an attachment names its device by address or place")
                .isTrue();
        attachment.address().ifPresent(address -> assertThat(address).isEqualTo(device.address()));
        attachment.path().ifPresent(path -> assertThat(path).isEqualTo(device.path()));
        attachment.generation().ifPresent(generation -> assertThat(generation).isEqualTo(device.generation()));
    }
}
