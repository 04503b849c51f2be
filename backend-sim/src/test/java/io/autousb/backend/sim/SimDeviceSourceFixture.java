package io.autousb.backend.sim;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.contract.Gadget;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.util.Map;

/** The simulated host, for the contract. */
class SimDeviceSourceFixture implements DeviceSourceFixture {

    private final SimHost host = SimWorld.create().host();

    static SimDevice toSim(Gadget gadget) {
        var strings = new SimDevice.Strings(gadget.manufacturer(), gadget.product(), gadget.serial());
        return new SimDevice(
                gadget.id(),
                gadget.usbClass(),
                gadget.interfaces(),
                gadget.speed(),
                strings,
                gadget.authorized(),
                gadget.initialized(),
                gadget.hubPorts(),
                Map.of());
    }

    final SimHost host() {
        return host;
    }

    @Override
    public DeviceSource open() {
        return new SimDeviceSource(host);
    }

    @Override
    public void plug(PortPath port, Gadget gadget) {
        host.plug(port, toSim(gadget));
    }

    @Override
    public void unplug(PortPath port) {
        host.unplug(port);
    }

    @Override
    public void rebind(PortPath port) {
        host.rebind(port);
    }

    @Override
    public void authorize(PortPath port, boolean authorized) {
        host.authorize(port, authorized);
    }

    @Override
    public void initialize(PortPath port) {
        host.initialize(port);
    }

    @Override
    public void spuriousEvent(PortPath port) {
        host.hint();
    }

    @Override
    public void losingEvents(Runnable changes) {
        host.losingHints(changes);
    }

    @Override
    public void silence(PortPath port, boolean silent) {
        host.silence(port, silent);
    }

    @Override
    public void breakHost() {
        host.fail(BackendException.of(BackendException.IO, "the host cannot be read")
                .where("/sim")
                .remedy("mend it")
                .build());
    }

    @Override
    public void close() {}
}
