package io.autousb.backend.sim;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over a mutant. Run by {@link MutantsTest} only. */
@ExtendWith(MutantName.class)
class MutantHypervisor extends HypervisorContract {

    private final String mutant;

    MutantHypervisor(String mutant) {
        this.mutant = mutant;
    }

    @Override
    protected HypervisorFixture createFixture() {
        return Mutant.named(HypervisorMutants.all(), mutant).fixture().get();
    }
}
