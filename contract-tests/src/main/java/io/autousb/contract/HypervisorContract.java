package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.Hypervisor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules for hypervisors. An adopter extends it and returns a fixture:
 *
 * <pre>{@code
 * class QmpHypervisorContractTest extends HypervisorContract {
 *     @Override
 *     protected HypervisorFixture createFixture() {
 *         return new QmpFixture();
 *     }
 * }
 * }</pre>
 */
public abstract class HypervisorContract extends HypervisorRules {

    @Override
    protected abstract HypervisorFixture createFixture() throws Exception;

    @Test
    @DisplayName("HV-02 A guest that starts is hinted, and then among the guests")
    final void guests_whenGuestStarts_isHintedAndListed() {
        Hypervisor hypervisor = watching(ALPHA);
        assertThat(find(hypervisor, ALPHA)).isEmpty();
        int mark = hints().count();

        world().start(ALPHA);

        hints().awaitAfter(
                        mark,
                        "the guest is there",
                        () -> find(hypervisor, ALPHA).isPresent());
    }

    @Test
    @DisplayName("HV-20 An attach returns what the next inspection shows, as ours")
    final void attach_whenAllIsWell_returnsWhatInspectionShows() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        UsbDevice device = world().plug(Gadget.keyboard());

        Attachment made = attach(hypervisor, guest, device);

        assertThat(made.ours()).isTrue();
        assertThat(made.generation()).contains(device.generation());
        assertThat(attachments(hypervisor, guest)).containsExactly(made);
    }

    @Test
    @DisplayName("HV-36 Taking away what is gone already succeeds")
    final void detach_whenDetachedBefore_succeeds() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        Attachment made = attach(hypervisor, guest, world().plug(Gadget.keyboard()));
        detach(hypervisor, guest, made, true);

        detach(hypervisor, guest, made, true);

        assertThat(attachments(hypervisor, guest)).isEmpty();
    }
}
