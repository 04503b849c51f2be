package io.autousb.backend.udev;

import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;

class UdevDeviceSourceContractTest extends DeviceSourceContract {

    @Override
    protected DeviceSourceFixture createFixture() {
        return new UdevFixture(new FakeNetlink());
    }
}
