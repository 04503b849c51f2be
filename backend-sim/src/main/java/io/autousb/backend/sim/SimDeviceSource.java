package io.autousb.backend.sim;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The device source {@code sim}: looks at a {@link SimHost}. Calls its listener on the host's threads. */
public final class SimDeviceSource implements DeviceSource {

    private final SimHost host;
    private final List<Runnable> subscriptions = new ArrayList<>();
    private volatile boolean closed;

    /**
     * Makes a source.
     *
     * @param host what it looks at
     */
    public SimDeviceSource(SimHost host) {
        this.host = host;
    }

    @Override
    public synchronized void subscribe(Runnable listener) {
        requireOpen();
        Runnable subscription = () -> pass(listener);
        subscriptions.add(subscription);
        host.hints().add(subscription);
    }

    /** Under the lock that {@link #close} takes, so that no hint is under way when it returns. */
    private synchronized void pass(Runnable listener) {
        if (!closed) {
            listener.run();
        }
    }

    @Override
    public HostTopology snapshot(Duration timeout) {
        requireOpen();
        return host.read();
    }

    @Override
    public synchronized void close() {
        closed = true;
        subscriptions.forEach(host.hints()::remove);
        subscriptions.clear();
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the simulated device source is closed")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
    }
}
