package io.autousb.contract;

import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.DeviceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A device source and the host it looks at. The host begins with the root hub {@link #rootHub} and
 * nothing plugged in below it; each test gets a fixture of its own.
 *
 * <p>Methods with a default body belong to a {@link DeviceSourceCapability}: implement them or declare
 * the capability as unsupported. The world's methods return when the world has changed, whether or not
 * the source has noticed. Called from several threads.
 */
public interface DeviceSourceFixture extends AutoCloseable {

    /**
     * Makes an adapter that looks at this host. Called several times in some tests, then as after a
     * restart of the program, with the host unchanged. The contract closes what it opened.
     *
     * @return a new adapter, not subscribed to
     */
    DeviceSource open();

    /**
     * What cannot be done here.
     *
     * @return the capabilities that are missing
     */
    default Set<DeviceSourceCapability> unsupported() {
        return Set.of();
    }

    /**
     * A root hub with at least four free ports, numbered from 1.
     *
     * @return its place
     */
    default PortPath rootHub() {
        return PortPath.rootHub(1);
    }

    /**
     * Plugs a device or hub in. It gets an address that nothing has at that time, and not the one that
     * the last device in this port had.
     *
     * @param port a free port of the root hub or of a hub that was plugged in
     * @param gadget the device
     */
    void plug(PortPath port, Gadget gadget);

    /**
     * Pulls out what is in a port, with all that is below it.
     *
     * @param port the port
     */
    void unplug(PortPath port);

    /**
     * Binds the host controller anew: what is in a port goes and comes back with the same address.
     * {@link DeviceSourceCapability#REBIND}.
     *
     * @param port the port of a device
     */
    default void rebind(PortPath port) {
        throw undeclared(DeviceSourceCapability.REBIND);
    }

    /**
     * Authorizes a device and configures it, or takes both back. {@link
     * DeviceSourceCapability#AUTHORIZATION}.
     *
     * @param port the port of a device
     * @param authorized whether it is allowed
     */
    default void authorize(PortPath port, boolean authorized) {
        throw undeclared(DeviceSourceCapability.AUTHORIZATION);
    }

    /**
     * Lets the host be done with a device that was plugged in {@link Gadget#uninitialized}. {@link
     * DeviceSourceCapability#INITIALIZATION}.
     *
     * @param port the port of a device
     */
    default void initialize(PortPath port) {
        throw undeclared(DeviceSourceCapability.INITIALIZATION);
    }

    /**
     * Makes an event about a device, though nothing has changed. {@link
     * DeviceSourceCapability#SPURIOUS_EVENTS}.
     *
     * @param port a port, in use or not
     */
    default void spuriousEvent(PortPath port) {
        throw undeclared(DeviceSourceCapability.SPURIOUS_EVENTS);
    }

    /**
     * Runs changes whose events are lost; that some were lost is all the source can notice. {@link
     * DeviceSourceCapability#EVENT_LOSS}.
     *
     * @param changes calls of {@link #plug} and {@link #unplug}
     */
    default void losingEvents(Runnable changes) {
        throw undeclared(DeviceSourceCapability.EVENT_LOSS);
    }

    /**
     * Lets reading a device's strings block, or answer again. {@link
     * DeviceSourceCapability#SILENT_DEVICE}.
     *
     * @param port the port of a device
     * @param silent whether reading blocks
     */
    default void silence(PortPath port, boolean silent) {
        throw undeclared(DeviceSourceCapability.SILENT_DEVICE);
    }

    /**
     * Makes the host unreadable as a whole. {@link DeviceSourceCapability#UNREADABLE_HOST}.
     */
    default void breakHost() {
        throw undeclared(DeviceSourceCapability.UNREADABLE_HOST);
    }

    /**
     * The timeout of a snapshot that is expected to succeed.
     *
     * @return ample time for a busy machine
     */
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /**
     * The timeout of a snapshot that meets a device which does not answer.
     *
     * @return a time that reading the rest never needs
     */
    default Duration shortTimeout() {
        return Duration.ofMillis(500);
    }

    /**
     * How long a rule waits for a hint before it fails.
     *
     * @return ample time for a busy machine
     */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    /**
     * How much later than its timeout a call may return.
     *
     * @return ample time for a busy machine
     */
    default Duration grace() {
        return Duration.ofSeconds(2);
    }

    /** Takes the world down. Called once, after the adapters were closed. */
    @Override
    void close() throws IOException;

    private static UnsupportedOperationException undeclared(DeviceSourceCapability capability) {
        return new UnsupportedOperationException("implement this or declare " + capability + " as unsupported");
    }
}
