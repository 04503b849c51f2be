package io.autousb.lab;

import io.autousb.backend.udev.UdevDeviceSourceProvider;
import io.autousb.contract.DeviceSourceCapability;
import io.autousb.contract.DeviceSourceContract;
import io.autousb.contract.DeviceSourceFixture;
import java.util.Map;
import java.util.Set;

/** {@code udev} with the machine's own kernel and udev. What nobody can make them do is left to the module's own tests. */
class UdevInLab extends DeviceSourceContract {

    @Override
    protected DeviceSourceFixture createFixture() {
        return new LabHost(
                new UdevDeviceSourceProvider(),
                Map.of(),
                Set.of(
                        DeviceSourceCapability.EVENT_LOSS,
                        DeviceSourceCapability.SILENT_DEVICE,
                        DeviceSourceCapability.UNREADABLE_HOST));
    }
}
