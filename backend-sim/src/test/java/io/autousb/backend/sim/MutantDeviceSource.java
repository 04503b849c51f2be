package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over a mutant. Run by {@link MutantsTest} only. */
@ExtendWith(MutantName.class)
class MutantDeviceSource extends DeviceSourceContract {

    private final String mutant;

    MutantDeviceSource(String mutant) {
        this.mutant = mutant;
    }

    @Override
    protected DeviceSourceFixture createFixture() {
        return Mutant.named(DeviceSourceMutants.all(), mutant).fixture().get();
    }
}
