package io.autousb.backend.libxlcli;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LibxlCliHypervisorPvContractTest extends HypervisorContract {

    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return new XlFixture(false);
    }
}
