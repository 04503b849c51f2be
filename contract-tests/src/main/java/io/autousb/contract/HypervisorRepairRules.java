package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.contract.HypervisorFixture.Foreign;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairRequest.Depth;
import io.autousb.domain.port.RepairResult;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of what is left over. */
abstract class HypervisorRepairRules extends HypervisorControllerRules {

    @Test
    @DisplayName("HV-60 A repair leaves what works as it is, whoever made it")
    final void repair_whenAllWorks_findsNothingAndChangesNothing() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        List<GuestPort> ports = freePorts(hypervisor, guest);
        UsbDevice ours = world().plug(Gadget.keyboard());
        UsbDevice others = world().plug(Gadget.stick("1"));
        hypervisor.attach(attachRequest(guest, ours, ports.get(0)));
        if (!lacks(HypervisorCapability.FOREIGN_NAMED)) {
            world().attachByHand(ALPHA, others, ports.get(1), Foreign.NAMED);
        }
        List<Attachment> before = attachments(hypervisor, guest);

        assertThat(repair(hypervisor, false)).isEqualTo(RepairResult.NOTHING);

        assertThat(attachments(hypervisor, guest)).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    @DisplayName("HV-61 A repair clears what is left over in any guest, and the next one finds nothing")
    final void repair_whenSomethingIsLeftOver_clearsItOnce() {
        needs(HypervisorCapability.LEFTOVER);
        Hypervisor hypervisor = running(ALPHA);
        world().start(GAMMA);
        world().leaveBehind(ALPHA);
        world().leaveBehind(GAMMA);

        List<RepairNotice> notices = repair(hypervisor, false).notices();

        assertThat(notices).extracting(RepairNotice::outcome).containsExactly(Outcome.REPAIRED, Outcome.REPAIRED);
        assertThat(repair(hypervisor, false)).isEqualTo(RepairResult.NOTHING);
    }

    @Test
    @DisplayName("HV-62 A repair that is to report only changes nothing, and says the same each time")
    final void repair_whenReportOnly_changesNothing() {
        needs(HypervisorCapability.LEFTOVER);
        Hypervisor hypervisor = running(ALPHA);
        world().leaveBehind(ALPHA);

        List<RepairNotice> notices = repair(hypervisor, true).notices();

        assertThat(notices).extracting(RepairNotice::outcome).containsExactly(Outcome.REPORTED);
        assertThat(repair(hypervisor, true).notices()).isEqualTo(notices);
    }

    private RepairResult repair(Hypervisor hypervisor, boolean reportOnly) {
        return hypervisor.repair(new RepairRequest(Depth.THOROUGH, reportOnly, world().timeout()));
    }
}
