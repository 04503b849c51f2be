package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;

class SimDeviceSourceContractTest extends DeviceSourceContract {
    @Override
    protected DeviceSourceFixture createFixture() {
        return new SimDeviceSourceFixture();
    }
}
