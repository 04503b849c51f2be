package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Guest;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hypervisors that repair what they should not, or do not repair what they should. */
final class RepairMutants {

    private RepairMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                repair("takes for left over what another program attached", "HV-60", RepairMutants::overeager),
                repair("says that it has repaired and has not", "HV-61", RepairMutants::boastful),
                repair("repairs only the guests it is configured with", "HV-61", RepairMutants::narrow),
                repair(
                        "repairs although it is only to report",
                        "HV-62",
                        (real, request) -> real.repair(new RepairRequest(request.depth(), false, request.timeout()))),
                repair(
                        "does not report what it leaves",
                        "HV-62",
                        (real, request) -> request.reportOnly() ? RepairResult.NOTHING : real.repair(request)),
                BrokenGuests.adapter("reports what it leaves only once", "HV-62", (real, world) -> new OnceOnly(real)));
    }

    private interface Repair {
        RepairResult repair(Hypervisor real, RepairRequest request);
    }

    private static Mutant<HypervisorFixture> repair(String name, String rules, Repair repair) {
        return BrokenGuests.adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public RepairResult repair(RepairRequest request) {
                return repair.repair(real, request);
            }
        });
    }

    private static RepairResult overeager(Hypervisor real, RepairRequest request) {
        for (Guest guest : real.guests(request.timeout())) {
            real.inspect(guest, request.timeout()).attachments().stream()
                    .filter(attachment -> !attachment.ours())
                    .forEach(attachment -> real.detach(new DetachRequest(guest, attachment, true, request.timeout())));
        }
        return real.repair(request);
    }

    private static RepairResult boastful(Hypervisor real, RepairRequest request) {
        RepairResult result = real.repair(new RepairRequest(request.depth(), true, request.timeout()));
        return new RepairResult(
                result.notices().stream()
                        .map(notice -> RepairNotice.of(
                                notice.where(),
                                notice.what(),
                                request.reportOnly() ? Outcome.REPORTED : Outcome.REPAIRED))
                        .toList(),
                Optional.empty());
    }

    private static RepairResult narrow(Hypervisor real, RepairRequest request) {
        List<String> mine = real.guests(request.timeout()).stream()
                .map(guest -> "guest " + guest.name())
                .toList();
        return new RepairResult(
                real.repair(request).notices().stream()
                        .filter(notice -> mine.contains(notice.where()))
                        .toList(),
                Optional.empty());
    }

    private static final class OnceOnly extends DelegatingHypervisor {
        private final List<RepairNotice> told = new ArrayList<>();

        OnceOnly(Hypervisor real) {
            super(real);
        }

        @Override
        public RepairResult repair(RepairRequest request) {
            List<RepairNotice> news = new ArrayList<>(super.repair(request).notices());
            news.removeAll(told);
            told.addAll(news);
            return new RepairResult(news, Optional.empty());
        }
    }
}
