package io.autousb.backend.sim;

import io.autousb.contract.StateStoreContract;
import io.autousb.contract.StateStoreFixture;

class SimStateStoreContractTest extends StateStoreContract {
    @Override
    protected StateStoreFixture createFixture() {
        return new SimStateStoreFixture();
    }
}
