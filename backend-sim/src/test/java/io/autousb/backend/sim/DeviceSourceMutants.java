package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import java.util.List;
import java.util.stream.Stream;

/** Broken device sources. */
final class DeviceSourceMutants {

    private DeviceSourceMutants() {}

    static List<Mutant<DeviceSourceFixture>> all() {
        return Stream.of(DeviceFactMutants.all(), DeviceChangeMutants.all(), DeviceLifeMutants.all())
                .flatMap(List::stream)
                .toList();
    }
}
