package io.autousb.lab;

import io.autousb.contract.HypervisorContract;
import io.autousb.contract.HypervisorFixture;
import java.io.IOException;

class QmpInLab extends HypervisorContract {

    @Override
    protected HypervisorFixture createFixture() throws IOException {
        return new QemuWorld();
    }
}
