package io.autousb.backend.udev;

import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;
import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledIf;

/** With uevents that go through the kernel. */
@EnabledIf(
        value = "io.autousb.linux.UeventNamespace#isPermitted",
        disabledReason = "only root may have a network namespace of its own")
class UdevDeviceSourceIT extends DeviceSourceContract {

    @Override
    protected DeviceSourceFixture createFixture() throws IOException {
        return new UdevFixture(new KernelNetlink());
    }
}
