package org.example.virsh;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;

class VirshHypervisorContractTest extends HypervisorContract {
    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return new VirshFixture();
    }
}
