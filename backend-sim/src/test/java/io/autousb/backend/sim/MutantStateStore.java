package io.autousb.backend.sim;

import io.autousb.contract.StateStoreContract;
import io.autousb.contract.StateStoreFixture;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over a mutant. Run by {@link MutantsTest} only. */
@ExtendWith(MutantName.class)
class MutantStateStore extends StateStoreContract {

    private final String mutant;

    MutantStateStore(String mutant) {
        this.mutant = mutant;
    }

    @Override
    protected StateStoreFixture createFixture() {
        return Mutant.named(StateStoreMutants.all(), mutant).fixture().get();
    }
}
