package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a guest gets more ports. */
abstract class HypervisorControllerRules extends HypervisorFailureRules {

    @Test
    @DisplayName("HV-49 A new controller is in the next inspection, and its ports can be used; else it is UNSUPPORTED")
    final void addController_whenThereIsRoom_givesUsablePorts() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestController> before = inspect(hypervisor, guest).controllers();
        if (lacks(HypervisorCapability.ADD_CONTROLLER)) {
            Failures.of(BackendException.UNSUPPORTED, () -> addController(hypervisor, guest));
            assertThat(inspect(hypervisor, guest).controllers()).isEqualTo(before);
            return;
        }

        addController(hypervisor, guest);

        List<GuestController> after = inspect(hypervisor, guest).controllers();
        assertThat(after).hasSize(before.size() + 1).containsAll(before);
        GuestController added = after.stream()
                .filter(controller -> !before.contains(controller))
                .findFirst()
                .orElseThrow();
        assertThat(added.usbVersion()).isEqualTo(world().usbVersion());
        assertThat(added.ports()).isNotEmpty().allMatch(GuestPort::free);
        Attachment made = hypervisor.attach(attachRequest(
                guest, world().plug(Gadget.keyboard()), added.ports().get(0)));
        assertThat(attachments(hypervisor, guest)).containsExactly(made);
    }

    @Test
    @DisplayName("HV-50 A guest that can take no further controller says NO_ROOM, with the remedy")
    final void addController_whenNoRoom_saysSoWithRemedy() {
        needs(HypervisorCapability.ADD_CONTROLLER);
        needs(HypervisorCapability.NO_ROOM);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        world().fillRoom(ALPHA);
        List<GuestController> before = inspect(hypervisor, guest).controllers();

        BackendException failure = Failures.of(BackendException.NO_ROOM, () -> addController(hypervisor, guest));

        assertThat(failure.remedy()).isNotBlank();
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(inspect(hypervisor, guest).controllers()).isEqualTo(before);
    }

    private void addController(Hypervisor hypervisor, Guest guest) {
        hypervisor.addController(new AddControllerRequest(guest, world().usbVersion(), world().timeout()));
    }
}
