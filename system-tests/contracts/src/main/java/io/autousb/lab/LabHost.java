package io.autousb.lab;

import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.OptionValues;
import io.autousb.contract.DeviceSourceCapability;
import io.autousb.contract.DeviceSourceFixture;
import io.autousb.contract.Gadget;
import io.autousb.contract.TestContext;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.DeviceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A device source that looks at the machine itself. */
final class LabHost implements DeviceSourceFixture {

    private final DeviceSourceProvider provider;
    private final Map<String, String> options;
    private final Set<DeviceSourceCapability> unsupported;
    private final TestContext context = Machine.context();
    private final Plugboard board = new Plugboard();

    /** Addresses begin anew, so that a device which comes back after {@link #rebind} has the one it had. */
    LabHost(DeviceSourceProvider provider, Map<String, String> options, Set<DeviceSourceCapability> unsupported) {
        this.provider = provider;
        this.options = options;
        this.unsupported = unsupported;
        board.rebind();
    }

    @Override
    public DeviceSource open() {
        return provider.create(OptionValues.of(provider.options(), options), context.context());
    }

    @Override
    public Set<DeviceSourceCapability> unsupported() {
        return unsupported;
    }

    @Override
    public PortPath rootHub() {
        return Plugboard.ROOT_HUB;
    }

    @Override
    public void plug(PortPath port, Gadget gadget) {
        board.plug(port, gadget);
    }

    @Override
    public void unplug(PortPath port) {
        board.unplug(port);
    }

    @Override
    public void rebind(PortPath port) {
        board.rebind(port);
    }

    @Override
    public void authorize(PortPath port, boolean authorized) {
        board.authorize(port, authorized);
    }

    @Override
    public void initialize(PortPath port) {
        board.initialize(port);
    }

    @Override
    public void spuriousEvent(PortPath port) {
        board.change(port);
    }

    @Override
    public Duration timeout() {
        return Machine.PATIENCE;
    }

    @Override
    public Duration patience() {
        return Machine.PATIENCE;
    }

    @Override
    public void close() throws IOException {
        context.close();
        board.close();
    }
}
