package io.autousb.backend.qmp;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

/** Guests that have a monitor of their own. */
@Timeout(60)
class XenQmpDedicatedContractTest extends HypervisorContract {

    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return XenFixture.dedicated();
    }
}
