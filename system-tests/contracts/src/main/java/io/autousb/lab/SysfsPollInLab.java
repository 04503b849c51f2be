package io.autousb.lab;

import io.autousb.backend.sysfspoll.SysfsPollDeviceSourceProvider;
import io.autousb.contract.DeviceSourceCapability;
import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;
import java.util.Map;
import java.util.Set;

/** {@code sysfs-poll} with the machine's own sysfs. It hears no events; what nobody can make sysfs do is left to the module's own tests. */
class SysfsPollInLab extends DeviceSourceContract {

    @Override
    protected DeviceSourceFixture createFixture() {
        return new LabHost(
                new SysfsPollDeviceSourceProvider(),
                Map.of("interval", "100ms"),
                Set.of(
                        DeviceSourceCapability.SPURIOUS_EVENTS,
                        DeviceSourceCapability.EVENT_LOSS,
                        DeviceSourceCapability.SILENT_DEVICE,
                        DeviceSourceCapability.UNREADABLE_HOST));
    }
}
