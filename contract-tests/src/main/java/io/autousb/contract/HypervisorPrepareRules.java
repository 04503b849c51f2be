package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is done ahead of an attach, whether or not an adapter does anything. */
abstract class HypervisorPrepareRules extends HypervisorRepairRules {

    @Test
    @DisplayName("HV-63 What is done ahead of an attach shows in no inspection, and is not in its way")
    final void prepare_whenAttachFollows_changesNothingToBeSeen() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        List<GuestPort> free = freePorts(hypervisor, guest);

        prepare(hypervisor, guest, device, free.get(0));
        assertThat(attachments(hypervisor, guest)).isEmpty();
        prepare(hypervisor, guest, device, free.get(0));
        assertThat(freePorts(hypervisor, guest)).isEqualTo(free);
        prepare(hypervisor, guest, device, free.get(0));

        hypervisor.attach(attachRequest(guest, device, free.get(0)));

        assertThat(devices(hypervisor, guest)).containsExactly(Optional.of(device.generation()));
    }

    private List<Optional<Generation>> devices(Hypervisor hypervisor, Guest guest) {
        return attachments(hypervisor, guest).stream()
                .map(Attachment::generation)
                .toList();
    }

    @Test
    @DisplayName("HV-64 What was prepared for one device may be done with another, and elsewhere")
    final void prepare_whenAnotherAttachFollows_isNotInItsWay() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice expected = world().plug(Gadget.keyboard());
        UsbDevice other = world().plug(Gadget.keyboard());
        List<GuestPort> free = freePorts(hypervisor, guest);

        prepare(hypervisor, guest, expected, free.get(0));
        hypervisor.attach(attachRequest(guest, other, free.get(0)));
        prepare(hypervisor, guest, expected, free.get(1));
        hypervisor.attach(attachRequest(guest, expected, free.get(2)));

        UsbDevice third = world().plug(Gadget.keyboard());
        hypervisor.attach(attachRequest(guest, third, free.get(1)));

        assertThat(devices(hypervisor, guest))
                .containsExactlyInAnyOrder(
                        Optional.of(other.generation()),
                        Optional.of(expected.generation()),
                        Optional.of(third.generation()));
    }

    @Test
    @DisplayName("HV-65 What was prepared and is not likely any more is taken back, for all to see")
    final void prepare_whenNothingFollows_isTakenBack() {
        needs(HypervisorCapability.TWO_OBSERVERS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        prepare(hypervisor, guest, world().plug(Gadget.keyboard()), free.get(0));

        hypervisor.prepare(guest, List.of());

        assertNothingPrepared(free);
    }

    @Test
    @DisplayName("HV-66 What was prepared is taken back when the adapter is closed")
    final void close_whenSomethingIsPrepared_takesItBack() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        prepare(hypervisor, guest, world().plug(Gadget.keyboard()), free.get(0));

        hypervisor.close();

        assertNothingPrepared(free);
    }

    @Test
    @DisplayName("HV-67 To prepare never fails, whatever is gone")
    final void prepare_whenDeviceOrGuestIsGone_doesNothing() {
        needs(HypervisorCapability.TWO_OBSERVERS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        UsbDevice gone = world().plug(Gadget.keyboard());
        UsbDevice there = world().plug(Gadget.keyboard());
        world().unplug(gone);

        prepare(hypervisor, guest, gone, free.get(0));
        assertNothingPrepared(free);
        world().stop(ALPHA);
        prepare(hypervisor, guest, there, free.get(0));
        hypervisor.close();
        prepare(hypervisor, guest, there, free.get(0));
    }

    @Test
    @DisplayName("HV-68 What was prepared for a guest that is dropped is taken back")
    final void guests_whenOneIsDropped_loseWhatWasPrepared() {
        needs(HypervisorCapability.TWO_OBSERVERS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> free = freePorts(hypervisor, guest);
        prepare(hypervisor, guest, world().plug(Gadget.keyboard()), free.get(0));

        hypervisor.configure(List.of());
        assertThat(find(hypervisor, ALPHA)).isEmpty();

        assertNothingPrepared(free);
    }

    private void prepare(Hypervisor hypervisor, Guest guest, UsbDevice device, GuestPort port) {
        hypervisor.prepare(guest, List.of(attachRequest(guest, device, port)));
    }

    /** By the eyes of another program. */
    private void assertNothingPrepared(List<GuestPort> free) {
        Hypervisor other = watching(ALPHA);
        RepairRequest look = new RepairRequest(Depth.THOROUGH, true, world().timeout());
        assertThat(freePorts(other, known(other, ALPHA))).isEqualTo(free);
        assertThat(attachments(other, ALPHA)).isEmpty();
        assertThat(other.repair(look)).isEqualTo(RepairResult.NOTHING);
    }
}
