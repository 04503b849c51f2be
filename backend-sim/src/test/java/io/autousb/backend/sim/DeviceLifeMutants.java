package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sources that do not end well. */
final class DeviceLifeMutants {

    private DeviceLifeMutants() {}

    static List<Mutant<DeviceSourceFixture>> all() {
        return List.of(
                BrokenDevices.source("hints after close", "DS-24", (real, host) -> new DelegatingDeviceSource(real) {
                    @Override
                    public void subscribe(Runnable listener) {
                        super.subscribe(listener);
                        host.hints().add(listener::run);
                    }
                }),
                BrokenDevices.source(
                        "can be read after close", "DS-10 DS-25", (real, host) -> new DelegatingDeviceSource(real) {
                            @Override
                            public HostTopology snapshot(Duration timeout) {
                                return host.topology();
                            }
                        }),
                BrokenDevices.source(
                        "can be subscribed to after close", "DS-25", (real, host) -> new DelegatingDeviceSource(real) {
                            @Override
                            public void subscribe(Runnable listener) {
                                try {
                                    super.subscribe(listener);
                                } catch (BackendException closed) {
                                    listener.run();
                                }
                            }
                        }),
                BrokenDevices.source(
                        "fails after close in a way of its own",
                        "DS-25",
                        (real, host) -> new DelegatingDeviceSource(real) {
                            @Override
                            public HostTopology snapshot(Duration timeout) {
                                try {
                                    return super.snapshot(timeout);
                                } catch (BackendException e) {
                                    throw e.is(BackendException.CLOSED) ? new IllegalStateException(e) : e;
                                }
                            }
                        }),
                BrokenDevices.source(
                        "cannot be closed twice",
                        "DS-09 DS-24 DS-25 DS-26 DS-27 DS-28 DS-29",
                        (real, host) -> new DelegatingDeviceSource(real) {
                            private final AtomicBoolean closed = new AtomicBoolean();

                            @Override
                            public void close() {
                                super.close();
                                if (!closed.compareAndSet(false, true)) {
                                    throw new IllegalStateException("closed already");
                                }
                            }
                        }),
                Mutant.of("closes all sources at once", "DS-27", AllAtOnce::new),
                BrokenDevices.source("leaves a thread", "DS-28", (real, host) -> new DelegatingDeviceSource(real) {
                    @Override
                    public void subscribe(Runnable listener) {
                        super.subscribe(listener);
                        Leaks.thread();
                    }
                }),
                BrokenDevices.source("leaves a descriptor", "DS-29", (real, host) -> new DelegatingDeviceSource(real) {
                    @Override
                    public void subscribe(Runnable listener) {
                        super.subscribe(listener);
                        Leaks.descriptor();
                    }
                }));
    }

    private static final class AllAtOnce extends BrokenDevices.Fixture {
        private final List<DeviceSource> all = new CopyOnWriteArrayList<>();

        @Override
        DeviceSource spoil(DeviceSource real) {
            all.add(real);
            return new DelegatingDeviceSource(real) {
                @Override
                public void close() {
                    all.forEach(DeviceSource::close);
                }
            };
        }
    }
}
