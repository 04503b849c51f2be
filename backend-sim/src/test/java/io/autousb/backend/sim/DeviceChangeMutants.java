package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;

/** Sources that tell of changes wrongly. */
final class DeviceChangeMutants {

    private static final DeviceAddress NOWHERE = new DeviceAddress(1, 1);
    private static final long A_WHILE_NANOS = 30_000_000;

    private DeviceChangeMutants() {}

    static List<Mutant<DeviceSourceFixture>> all() {
        return List.of(
                hintsIf(
                        "does not hint a plug",
                        "DS-11 DS-12 DS-13 DS-14 DS-15 DS-16 DS-19 DS-21 DS-22 DS-24 DS-27 DS-28",
                        (before, now) -> now.size() <= before.size()),
                hintsIf(
                        "does not hint an unplug",
                        "DS-12 DS-13 DS-21 DS-24",
                        (before, now) -> now.size() >= before.size()),
                hintsIf(
                        "hints plugs and unplugs only",
                        "DS-13 DS-15 DS-19 DS-20 DS-23",
                        (before, now) -> now.size() != before.size()),
                BrokenDevices.source("keeps what was below a hub", "DS-13", (real, host) -> keepingChildren(real)),
                BrokenDevices.device(
                        "takes the place for the generation",
                        "DS-14 DS-15",
                        device -> DeviceFactMutants.withGeneration(
                                device, Generation.of(device.path().toString(), NOWHERE, 0, ""))),
                BrokenDevices.device(
                        "takes place and address for the generation",
                        "DS-15",
                        device -> DeviceFactMutants.withGeneration(
                                device, Generation.of(device.path().toString(), device.address(), 0, ""))),
                BrokenDevices.source("drops hints while it reads", "DS-16", (real, host) -> deafWhileReading(real)),
                BrokenDevices.source(
                        "fails if something changes while it reads",
                        "DS-16 DS-17",
                        (real, host) -> fragile(real, host)),
                BrokenDevices.source("can be read by one thread only", "DS-18 DS-23", (real, host) -> exclusive(real)),
                BrokenDevices.device(
                        "takes all for initialized",
                        "DS-20",
                        device -> BrokenDevices.copy(device).initialized(true).build()),
                BrokenDevices.source("takes a hint for an unplug", "DS-21", (real, host) -> gullible(real, host)),
                Mutant.of("does not notice that events were lost", "DS-22", ForgetsLoss::new),
                Mutant.of("waits for devices that do not answer", "DS-23", Patient::new),
                Mutant.of("does not hint when a device answers at last", "DS-23", Forgetful::new));
    }

    /** Passes a hint on only if the change of devices is of a certain kind. */
    private static Mutant<DeviceSourceFixture> hintsIf(
            String name, String rules, BiPredicate<List<UsbDevice>, List<UsbDevice>> kind) {
        return BrokenDevices.source(name, rules, (real, host) -> new DelegatingDeviceSource(real) {
            private final AtomicReference<List<UsbDevice>> last =
                    new AtomicReference<>(host.topology().devices());

            @Override
            public void subscribe(Runnable listener) {
                super.subscribe(() -> {
                    List<UsbDevice> now = host.topology().devices();
                    if (kind.test(last.getAndSet(now), now)) {
                        listener.run();
                    }
                });
            }
        });
    }

    private static DeviceSource keepingChildren(DeviceSource real) {
        Map<PortPath, UsbDevice> seen = new ConcurrentHashMap<>();
        return new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                HostTopology now = super.snapshot(timeout);
                now.devices().forEach(device -> seen.put(device.path(), device));
                seen.keySet()
                        .removeIf(
                                path -> path.chain().size() == 1 && now.at(path).isEmpty());
                return new HostTopology(now.controllers(), now.hubs(), List.copyOf(seen.values()));
            }
        };
    }

    /** Reads until nothing has changed for a while, and hints nothing meanwhile. */
    private static DeviceSource deafWhileReading(DeviceSource real) {
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger dropped = new AtomicInteger();
        return new DelegatingDeviceSource(real) {
            @Override
            public void subscribe(Runnable listener) {
                super.subscribe(() -> {
                    if (readers.get() == 0) {
                        listener.run();
                    } else {
                        dropped.incrementAndGet();
                    }
                });
            }

            @Override
            public HostTopology snapshot(Duration timeout) {
                readers.incrementAndGet();
                try {
                    HostTopology now = super.snapshot(timeout);
                    int before;
                    do {
                        before = dropped.get();
                        LockSupport.parkNanos(A_WHILE_NANOS);
                    } while (dropped.get() != before);
                    return now;
                } finally {
                    readers.decrementAndGet();
                }
            }
        };
    }

    private static DeviceSource fragile(DeviceSource real, SimHost host) {
        return new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                HostTopology now = super.snapshot(timeout);
                LockSupport.parkNanos(A_WHILE_NANOS);
                if (!host.topology().equals(now)) {
                    throw BackendException.of(BackendException.DEVICE_GONE, "a device went while it was read")
                            .build();
                }
                return now;
            }
        };
    }

    private static DeviceSource exclusive(DeviceSource real) {
        AtomicBoolean reading = new AtomicBoolean();
        CountDownLatch second = new CountDownLatch(1);
        return new DelegatingDeviceSource(real) {
            @Override
            public HostTopology snapshot(Duration timeout) {
                if (!reading.compareAndSet(false, true)) {
                    second.countDown();
                    throw BackendException.of(BackendException.BUSY, "somebody else is looking")
                            .build();
                }
                if (Thread.currentThread().getName().startsWith("contract-")) {
                    Leaks.await(second);
                }
                reading.set(false);
                return super.snapshot(timeout);
            }
        };
    }

    /** Believes that each hint is a change, and if nothing has come, that all has gone. */
    private static DeviceSource gullible(DeviceSource real, SimHost host) {
        AtomicReference<HostTopology> last = new AtomicReference<>(host.topology());
        AtomicBoolean fooled = new AtomicBoolean();
        return new DelegatingDeviceSource(real) {
            @Override
            public void subscribe(Runnable listener) {
                super.subscribe(() -> {
                    HostTopology now = host.topology();
                    if (last.getAndSet(now).equals(now)) {
                        fooled.set(true);
                    }
                    listener.run();
                });
            }

            @Override
            public HostTopology snapshot(Duration timeout) {
                HostTopology now = super.snapshot(timeout);
                return fooled.get() ? HostTopology.EMPTY : now;
            }
        };
    }

    private static final class ForgetsLoss extends BrokenDevices.Fixture {
        @Override
        public void losingEvents(Runnable changes) {
            host().muted(changes);
        }
    }

    private static final class Patient extends BrokenDevices.Fixture {
        private final CountDownLatch answers = new CountDownLatch(1);
        private final AtomicBoolean silent = new AtomicBoolean();

        @Override
        public void silence(PortPath port, boolean nowSilent) {
            silent.set(nowSilent);
            super.silence(port, nowSilent);
        }

        @Override
        DeviceSource spoil(DeviceSource real) {
            return new DelegatingDeviceSource(real) {
                @Override
                public HostTopology snapshot(Duration timeout) {
                    try {
                        if (silent.get()) {
                            answers.await();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return super.snapshot(timeout);
                }
            };
        }

        @Override
        public void close() {
            answers.countDown();
            super.close();
        }
    }

    private static final class Forgetful extends BrokenDevices.Fixture {
        @Override
        public void silence(PortPath port, boolean nowSilent) {
            host().muted(() -> super.silence(port, nowSilent));
        }
    }
}
