package io.autousb.backend.sim;

import io.autousb.contract.ProviderContract;
import io.autousb.contract.ProviderFixture;
import java.io.IOException;

class SimStateStoreProviderContractTest extends ProviderContract {
    @Override
    protected ProviderFixture createFixture() throws IOException {
        return new SimProviderFixture(SimStateStoreProvider::new, SimStateStoreProvider::new);
    }
}
