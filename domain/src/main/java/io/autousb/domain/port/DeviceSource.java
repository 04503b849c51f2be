package io.autousb.domain.port;

import io.autousb.domain.model.HostTopology;
import java.time.Duration;

/**
 * Knows what is plugged into the host.
 *
 * <p>Thread-safe. The core subscribes once, then takes snapshots; a change between the two is never
 * lost: either the snapshot has it, or the listener runs after it.
 */
public interface DeviceSource extends AutoCloseable {

    /**
     * Starts watching. Called once, before the first snapshot.
     *
     * @param listener runs on any thread of this source after something may have changed, spuriously and often; a
     *     snapshot tells what. It returns at once. Never runs after {@link #close} has returned
     * @throws BackendException if watching is not possible, with the remedy
     */
    void subscribe(Runnable listener);

    /**
     * Looks at the host. Facts come from the host itself, not from what an event said. Devices that the
     * host has not configured or not authorized are in it, marked so ({@link
     * io.autousb.domain.model.UsbDevice#isReady}); one that vanishes while it is read is left out.
     *
     * @param timeout how long it may take; attributes that do not answer in time are left out and a later
     *     hint follows
     * @return what is plugged in now
     * @throws BackendException if the host cannot be read, or not in time
     */
    HostTopology snapshot(Duration timeout);

    /**
     * Stops watching and frees threads and descriptors. Idempotent; later calls of other methods fail
     * with {@link BackendException#CLOSED}.
     */
    @Override
    void close();
}
