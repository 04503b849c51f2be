package io.autousb.backend.sim;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;

class SimHypervisorContractTest extends HypervisorContract {
    @Override
    protected HypervisorFixture createFixture() {
        return new SimHypervisorFixture();
    }
}
