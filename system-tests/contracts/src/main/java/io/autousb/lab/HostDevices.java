package io.autousb.lab;

import io.autousb.api.OptionValues;
import io.autousb.backend.sysfspoll.SysfsPollDeviceSourceProvider;
import io.autousb.contract.Gadget;
import io.autousb.contract.TestContext;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.DeviceSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Devices for the fixtures of hypervisors: plugged into whatever port is free, and seen as a device source sees them. */
final class HostDevices implements Closeable {

    private final Plugboard board = new Plugboard();
    private final DeviceSource source;

    HostDevices(TestContext context) {
        SysfsPollDeviceSourceProvider provider = new SysfsPollDeviceSourceProvider();
        source = provider.create(OptionValues.of(provider.options(), Map.of()), context.context());
    }

    UsbDevice plug(Gadget gadget) {
        PortPath port = IntStream.rangeClosed(1, 8)
                .mapToObj(Plugboard.ROOT_HUB::child)
                .filter(each -> find(each).isEmpty())
                .findFirst()
                .orElseThrow();
        return plug(port, gadget);
    }

    private UsbDevice plug(PortPath port, Gadget gadget) {
        board.plug(port, gadget);
        return find(port).orElseThrow();
    }

    private Optional<UsbDevice> find(PortPath port) {
        return source.snapshot(Machine.PATIENCE).at(port);
    }

    void unplug(UsbDevice device) {
        board.unplug(device.path());
    }

    UsbDevice replug(UsbDevice device, Gadget gadget) {
        unplug(device);
        return plug(device.path(), gadget);
    }

    @Override
    public void close() throws IOException {
        source.close();
        board.close();
    }
}
