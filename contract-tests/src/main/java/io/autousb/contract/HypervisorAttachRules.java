package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.Hypervisor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an attach does and refuses. */
abstract class HypervisorAttachRules extends HypervisorInspectRules {

    private static final int NO_SUCH_PORT = 99;

    @Test
    @DisplayName("HV-20 An attach returns what the next inspection shows")
    final void attach_whenAllIsWell_returnsWhatInspectionShows() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);

        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));

        assertThat(attachments(hypervisor, guest)).containsExactly(made);
    }

    @Test
    @DisplayName("HV-21 What was attached is shown as ours, with its device, on the port asked for")
    final void attach_whenAllIsWell_isOursAndNamesTheDevice() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        GuestPort port = freePorts(hypervisor, guest).get(2);

        hypervisor.attach(attachRequest(guest, device, port));

        Attachment seen = onlyAttachment(hypervisor, guest);
        assertThat(seen.ours()).isTrue();
        assertThat(seen.guest()).isEqualTo(guest.id());
        assertThat(seen.generation()).contains(device.generation());
        assertThat(seen.port())
                .hasValueSatisfying(where -> assertThat(where.isSamePort(port)).isTrue());
        assertNames(seen, device);
        assertThat(freePorts(hypervisor, guest)).noneMatch(port::isSamePort);
    }

    @Test
    @DisplayName("HV-22 Several devices fit into one guest")
    final void attach_whenSeveral_keepsAll() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);

        Attachment one = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        Attachment two = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        Attachment three = attach(hypervisor, guest, world().plug(Gadget.stick("1")));

        assertThat(attachments(hypervisor, guest)).containsExactlyInAnyOrder(one, two, three);
    }

    @Test
    @DisplayName("HV-23 A port that has a device fails the attach with PORT_BUSY, to be tried on another at once")
    final void attach_whenPortHasDevice_failsWithPortBusy() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        Attachment first = hypervisor.attach(attachRequest(guest, world().plug(Gadget.keyboard()), port));
        UsbDevice device = world().plug(Gadget.stick("1"));

        assertPortBusy(() -> hypervisor.attach(attachRequest(guest, device, port)));

        assertThat(attachments(hypervisor, guest)).containsExactly(first);
    }

    @Test
    @DisplayName("HV-24 A port that something else has taken, or that is not there, fails the attach with PORT_BUSY")
    final void attach_whenPortTaken_failsWithPortBusy() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        GuestPort none = new GuestPort(port.controller(), NO_SUCH_PORT, port.speeds(), true);

        assertPortBusy(() -> hypervisor.attach(attachRequest(guest, device, none)));
        if (!lacks(HypervisorCapability.TAKEN_PORT)) {
            world().takePort(ALPHA, port);
            assertPortBusy(() -> hypervisor.attach(attachRequest(guest, device, port)));
        }

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    private static void assertPortBusy(Runnable attach) {
        BackendException failure = Failures.of(BackendException.PORT_BUSY, attach);
        assertThat(failure.retry()).isEqualTo(Retry.NOW);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    @DisplayName("HV-25 Attaching what is attached already fails with DUPLICATE")
    final void attach_whenAttachedAlready_failsWithDuplicate() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        Attachment first = attach(hypervisor, guest, device);

        Failures.of(BackendException.DUPLICATE, () -> attach(hypervisor, guest, device));

        assertThat(attachments(hypervisor, guest)).containsExactly(first);
    }

    @Test
    @DisplayName("HV-26 A device that was pulled out fails the attach with DEVICE_GONE")
    final void attach_whenDeviceGone_failsWithDeviceGone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        List<GuestPort> free = freePorts(hypervisor, guest);
        world().unplug(device);

        Failures.of(BackendException.DEVICE_GONE, () -> attach(hypervisor, guest, device));

        assertThat(attachments(hypervisor, guest)).isEmpty();
        assertThat(freePorts(hypervisor, guest)).isEqualTo(free);
    }

    @Test
    @DisplayName("HV-27 A device with another one in its place fails the attach with DEVICE_GONE")
    final void attach_whenSuccessorInItsPlace_failsWithDeviceGone() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().replug(device, Gadget.keyboard());

        Failures.of(BackendException.DEVICE_GONE, () -> attach(hypervisor, guest, device));

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }

    @Test
    @DisplayName("HV-28 What was attached never takes another device, even of its kind and in its place")
    final void attach_whenSuccessorComesLater_isNotItsAttachment() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        attach(hypervisor, guest, device);

        UsbDevice successor = world().replug(device, Gadget.keyboard());

        Attachment seen = onlyAttachment(hypervisor, guest);
        assertThat(seen.rematches()).isFalse();
        assertThat(seen.generation()).contains(device.generation());
        assertThat(seen.address()).isNotEqualTo(Optional.of(successor.address()));
    }

    @Test
    @DisplayName("HV-29 A device's node that is not open yet fails with NOT_READY, which is no failure to count")
    final void attach_whenNodeClosed_failsWithNotReady() {
        needs(HypervisorCapability.NODE_RIGHTS);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().setNodeOpen(device, false);

        BackendException failure = Failures.of(BackendException.NOT_READY, () -> attach(hypervisor, guest, device));

        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
        world().setNodeOpen(device, true);
        Attachment made = attach(hypervisor, guest, device);
        assertThat(attachments(hypervisor, guest)).containsExactly(made);
    }

    @Test
    @DisplayName("HV-30 A refusal tells what the hypervisor said, safe to print")
    final void attach_whenRefused_saysSoSafely() {
        needs(HypervisorCapability.REFUSAL);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().refuseNextAttach(ALPHA, "odd\u001b[31m\nreason\u202e");

        BackendException failure = Failures.of(() -> attach(hypervisor, guest, device));

        assertThat(failure.getMessage()).contains("odd").matches("[ -~]+");
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(attachments(hypervisor, guest)).isEmpty();
    }
}
