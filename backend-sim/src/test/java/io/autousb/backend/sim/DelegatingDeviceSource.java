package io.autousb.backend.sim;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;

/** A source that does all as another one does it, to be spoilt. */
class DelegatingDeviceSource implements DeviceSource {

    private final DeviceSource real;

    DelegatingDeviceSource(DeviceSource real) {
        this.real = real;
    }

    @Override
    public void subscribe(Runnable listener) {
        real.subscribe(listener);
    }

    @Override
    public HostTopology snapshot(Duration timeout) {
        return real.snapshot(timeout);
    }

    @Override
    public void close() {
        real.close();
    }
}
