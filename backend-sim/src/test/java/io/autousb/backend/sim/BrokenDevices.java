package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Makes broken device sources. */
final class BrokenDevices {

    private BrokenDevices() {}

    /** A simulated host whose sources are spoilt. */
    static class Fixture extends SimDeviceSourceFixture {
        @Override
        public final DeviceSource open() {
            return spoil(super.open());
        }

        DeviceSource spoil(DeviceSource real) {
            return real;
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(300);
        }

        @Override
        public Duration grace() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration shortTimeout() {
            return Duration.ofMillis(20);
        }
    }

    /** One whose sources are spoilt in some way. */
    static Mutant<DeviceSourceFixture> source(
            String name, String rules, BiFunction<DeviceSource, SimHost, DeviceSource> spoil) {
        return Mutant.of(name, rules, () -> new Fixture() {
            @Override
            DeviceSource spoil(DeviceSource real) {
                return spoil.apply(real, host());
            }
        });
    }

    /** One whose snapshots are changed before they are returned. */
    static Mutant<DeviceSourceFixture> snapshot(String name, String rules, UnaryOperator<HostTopology> spoil) {
        return source(name, rules, (real, host) -> new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                return spoil.apply(super.snapshot(timeout));
            }
        });
    }

    /** One whose snapshots have changed devices; null leaves one out. */
    static Mutant<DeviceSourceFixture> device(String name, String rules, Function<UsbDevice, UsbDevice> spoil) {
        return snapshot(
                name,
                rules,
                host -> new HostTopology(
                        host.controllers(),
                        host.hubs(),
                        host.devices().stream()
                                .map(spoil)
                                .filter(device -> device != null)
                                .toList()));
    }

    /** A copy with everything but for the strings, to be changed further. */
    static UsbDevice.Builder copy(UsbDevice device) {
        return UsbDevice.builder(device.path(), device.address(), device.generation(), device.id())
                .usbClass(device.usbClass())
                .interfaces(device.interfaces())
                .speed(device.speed())
                .strings(
                        device.manufacturer().map(text -> text.raw()).orElse(null),
                        device.product().map(text -> text.raw()).orElse(null),
                        device.serial().map(text -> text.raw()).orElse(null))
                .authorized(device.authorized())
                .initialized(device.initialized());
    }
}
