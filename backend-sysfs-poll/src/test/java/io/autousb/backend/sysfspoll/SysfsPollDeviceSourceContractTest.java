package io.autousb.backend.sysfspoll;

import io.autousb.contract.DeviceSourceCapability;
import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.SysfsFixture;
import java.time.Duration;
import java.util.Set;

class SysfsPollDeviceSourceContractTest extends DeviceSourceContract {

    @Override
    protected DeviceSourceFixture createFixture() {
        return new Fixture();
    }

    private static final class Fixture extends SysfsFixture {
        @Override
        public DeviceSource open() {
            return new SysfsPollDeviceSource(root(), Duration.ofMillis(10));
        }

        @Override
        public Set<DeviceSourceCapability> unsupported() {
            return Set.of(DeviceSourceCapability.SPURIOUS_EVENTS, DeviceSourceCapability.EVENT_LOSS);
        }
    }
}
