package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import java.util.List;
import java.util.stream.Stream;

/** Broken hypervisors. */
final class HypervisorMutants {

    private HypervisorMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return Stream.of(
                        GuestMutants.all(),
                        InspectMutants.all(),
                        AttachMutants.all(),
                        DetachMutants.all(),
                        FailureMutants.all(),
                        RepairMutants.all(),
                        PrepareMutants.all(),
                        GuestLifeMutants.all())
                .flatMap(List::stream)
                .toList();
    }
}
