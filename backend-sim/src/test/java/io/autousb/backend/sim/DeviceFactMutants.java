package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sources whose snapshots are wrong. */
final class DeviceFactMutants {

    private static final AtomicLong COUNTER = new AtomicLong();

    private static final UsbClass VENDOR = new UsbClass(0xff, 0, 0);

    private DeviceFactMutants() {}

    static List<Mutant<DeviceSourceFixture>> all() {
        return List.of(
                BrokenDevices.source(
                        "shows only what came after it was made",
                        "DS-01 DS-02 DS-04 DS-06 DS-07 DS-09 DS-20 DS-23",
                        DeviceFactMutants::latecomersOnly),
                BrokenDevices.device(
                        "loses the interfaces",
                        "DS-02 DS-06 DS-11 DS-19",
                        device ->
                                BrokenDevices.copy(device).interfaces(List.of()).build()),
                BrokenDevices.device(
                        "loses the strings",
                        "DS-02 DS-07 DS-23",
                        device -> BrokenDevices.copy(device)
                                .strings(null, null, null)
                                .build()),
                BrokenDevices.snapshot("takes hubs for devices", "DS-03 DS-04", DeviceFactMutants::withoutHubs),
                BrokenDevices.snapshot(
                        "shows hubs without ports",
                        "DS-03",
                        host -> new HostTopology(
                                host.controllers(),
                                host.hubs().stream()
                                        .map(hub -> new Hub(hub.device(), List.of()))
                                        .toList(),
                                host.devices())),
                BrokenDevices.device(
                        "does not look behind two hubs",
                        "DS-04",
                        device -> device.path().chain().size() > 2 ? null : device),
                BrokenDevices.snapshot(
                        "shows no controllers",
                        "DS-05",
                        host -> new HostTopology(List.of(), host.hubs(), host.devices())),
                BrokenDevices.device(
                        "leaves out what is not ready", "DS-06 DS-19", device -> device.isReady() ? device : null),
                BrokenDevices.device(
                        "shows all as authorized",
                        "DS-06",
                        device -> BrokenDevices.copy(device).authorized(true).build()),
                BrokenDevices.device("escapes the strings", "DS-07", DeviceFactMutants::escaped),
                BrokenDevices.device(
                        "makes up a generation each time",
                        "DS-08 DS-09 DS-18 DS-21",
                        device -> withGeneration(device, COUNTER.incrementAndGet())),
                BrokenDevices.source(
                        "makes up generations for itself", "DS-09", DeviceFactMutants::generationsOfItsOwn),
                BrokenDevices.source(
                        "shows an unreadable host as empty", "DS-10", (real, host) -> new DelegatingDeviceSource(real) {
                            @Override
                            public HostTopology snapshot(Duration timeout) {
                                try {
                                    return super.snapshot(timeout);
                                } catch (BackendException e) {
                                    if (e.is(BackendException.CLOSED)) {
                                        throw e;
                                    }
                                    return HostTopology.EMPTY;
                                }
                            }
                        }),
                BrokenDevices.source(
                        "fails without a remedy", "DS-10", (real, host) -> new DelegatingDeviceSource(real) {
                            @Override
                            public HostTopology snapshot(Duration timeout) {
                                try {
                                    return super.snapshot(timeout);
                                } catch (BackendException e) {
                                    throw BackendException.of(e.code(), e.what())
                                            .build();
                                }
                            }
                        }));
    }

    private static DeviceSource latecomersOnly(DeviceSource real, SimHost host) {
        Set<Generation> early =
                host.topology().devices().stream().map(UsbDevice::generation).collect(Collectors.toSet());
        return new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                HostTopology all = super.snapshot(timeout);
                return new HostTopology(
                        all.controllers(),
                        all.hubs(),
                        all.devices().stream()
                                .filter(device -> !early.contains(device.generation()))
                                .toList());
            }
        };
    }

    private static DeviceSource generationsOfItsOwn(DeviceSource real, SimHost host) {
        long salt = COUNTER.incrementAndGet();
        return new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                HostTopology all = super.snapshot(timeout);
                return new HostTopology(
                        all.controllers(),
                        all.hubs(),
                        all.devices().stream()
                                .map(device -> withGeneration(
                                        device,
                                        salt + device.generation().token().hashCode()))
                                .toList());
            }
        };
    }

    private static UsbDevice withGeneration(UsbDevice device, long inode) {
        Generation other = Generation.of(device.path().toString(), device.address(), inode, "mutant");
        return withGeneration(device, other);
    }

    /** A copy of a device that is another stay. */
    static UsbDevice withGeneration(UsbDevice device, Generation other) {
        return new UsbDevice(
                device.path(),
                device.address(),
                other,
                device.id(),
                device.usbClass(),
                device.interfaces(),
                device.speed(),
                device.manufacturer(),
                device.product(),
                device.serial(),
                device.removable(),
                device.authorized(),
                device.initialized());
    }

    private static UsbDevice escaped(UsbDevice device) {
        return BrokenDevices.copy(device)
                .strings(
                        device.manufacturer().map(Object::toString).orElse(null),
                        device.product().map(Object::toString).orElse(null),
                        device.serial().map(Object::toString).orElse(null))
                .build();
    }

    private static HostTopology withoutHubs(HostTopology host) {
        Stream<UsbDevice> mistaken = host.hubs().stream()
                .map(Hub::device)
                .filter(hub -> !hub.path().isRootHub())
                .map(hub -> BrokenDevices.copy(hub)
                        .usbClass(VENDOR)
                        .interfaces(List.of(new UsbInterface(0, VENDOR, Optional.empty())))
                        .build());
        return new HostTopology(
                host.controllers(),
                host.hubs().stream().filter(hub -> hub.path().isRootHub()).toList(),
                Stream.concat(mistaken, host.devices().stream()).toList());
    }
}
