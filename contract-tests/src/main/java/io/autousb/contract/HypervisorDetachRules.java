package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.Hypervisor;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How attachments are taken away, and whose they are. */
abstract class HypervisorDetachRules extends HypervisorAttachRules {

    private static final int ROUNDS = 5;

    @Test
    @DisplayName("HV-31 When a detach returns, the attachment is gone and its port free")
    final void detach_whenAttached_frees() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));

        detach(hypervisor, guest, made, true);

        assertThat(attachments(hypervisor, guest)).isEmpty();
        assertThat(freePorts(hypervisor, guest)).isEqualTo(free);
    }

    @Test
    @DisplayName("HV-32 Taking away what is gone already succeeds")
    final void detach_whenGoneAlready_succeeds() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        detach(hypervisor, guest, made, true);

        detach(hypervisor, guest, made, true);

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    @Test
    @DisplayName("HV-33 An attachment stays when its device is pulled out, until it is taken away")
    final void detach_whenDevicePulledOut_frees() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        Attachment made = attach(hypervisor, guest, device);
        world().unplug(device);
        assertThat(attachments(hypervisor, guest))
                .extracting(Attachment::handle)
                .containsExactly(made.handle());

        detach(hypervisor, guest, made, false);

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    @Test
    @DisplayName("HV-34 A detach leaves the other attachments alone")
    final void detach_whenThereAreOthers_leavesThemAlone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        Attachment one = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        Attachment two = attach(hypervisor, guest, world().plug(Gadget.keyboard()));

        detach(hypervisor, guest, one, true);

        assertThat(attachments(hypervisor, guest)).containsExactly(two);
    }

    @Test
    @DisplayName("HV-35 A device can be attached again as often as it is taken away or plugged in anew")
    final void attach_whenDetachedBefore_succeedsAgain() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        detach(hypervisor, guest, attach(hypervisor, guest, device), true);

        for (int i = 0; i < ROUNDS; i++) {
            Attachment made = hypervisor.attach(attachRequest(guest, device, free.get(0)));
            device = world().replug(device, Gadget.keyboard());
            detach(hypervisor, guest, made, false);
        }

        assertThat(attachments(hypervisor, guest)).isEmpty();
        assertThat(freePorts(hypervisor, guest)).isEqualTo(free);
    }

    @Test
    @DisplayName("HV-36 What another program attached can be taken away")
    final void detach_whenForeign_frees() {
        needs(HypervisorCapability.FOREIGN_NAMED);
        assertForeignCanBeTakenAway(Foreign.NAMED);
    }

    @Test
    @DisplayName("HV-37 What another program attached without a name can be taken away")
    final void detach_whenForeignWithoutName_frees() {
        needs(HypervisorCapability.FOREIGN_ANONYMOUS);
        assertForeignCanBeTakenAway(Foreign.ANONYMOUS);
    }

    private void assertForeignCanBeTakenAway(Foreign how) {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        world().attachByHand(ALPHA, world().plug(Gadget.keyboard()), port, how);

        detach(hypervisor, guest, onlyAttachment(hypervisor, guest), true);

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    @Test
    @DisplayName("HV-38 What is ours is known and can be taken away after the adapter was made anew")
    final void inspect_whenAdapterMadeAnew_knowsWhatIsOurs() {
        Hypervisor first = running(ALPHA);
        Attachment made = attach(first, known(first, ALPHA), world().plug(Gadget.keyboard()));
        first.close();
        Hypervisor second = watching(ALPHA);
        Guest guest = known(second, ALPHA);

        Attachment seen = onlyAttachment(second, guest);

        assertThat(seen).isEqualTo(made);
        detach(second, guest, seen, true);
        assertThat(attachments(second, guest)).isEmpty();
    }
}
