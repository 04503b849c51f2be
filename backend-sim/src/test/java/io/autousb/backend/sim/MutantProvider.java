package io.autousb.backend.sim;

import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over a mutant. Run by {@link MutantsTest} only. */
@ExtendWith(MutantName.class)
class MutantProvider extends ProviderContract {

    private final String mutant;

    MutantProvider(String mutant) {
        this.mutant = mutant;
    }

    @Override
    protected ProviderFixture createFixture() {
        return Mutant.named(ProviderMutants.all(), mutant).fixture().get();
    }
}
