package io.autousb.backend.qmp;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

/** Guests that have libxl's monitor only. */
@Timeout(60)
class XenQmpLibxlContractTest extends HypervisorContract {

    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return XenFixture.libxl();
    }
}
