package io.autousb.backend.qmp;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QmpHypervisorContractTest extends HypervisorContract {

    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return new QmpFixture();
    }
}
