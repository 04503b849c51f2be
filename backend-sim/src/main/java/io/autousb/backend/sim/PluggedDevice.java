package io.autousb.backend.sim;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** One stay of a device in a port. Guarded by the host that it is plugged into. */
final class PluggedDevice {

    private final PortPath path;
    private final SimDevice device;
    private final DeviceAddress address;
    private final Generation generation;
    private boolean authorized;
    private boolean configured = true;
    private boolean initialized;
    private boolean silent;
    private boolean nodeOpen = true;
    private boolean takenBack;
    private int claims;

    PluggedDevice(PortPath path, SimDevice device, DeviceAddress address, Generation generation) {
        this.path = path;
        this.device = device;
        this.address = address;
        this.generation = generation;
        this.authorized = device.authorized();
        this.initialized = device.initialized();
    }

    SimDevice device() {
        return device;
    }

    PortPath path() {
        return path;
    }

    DeviceAddress address() {
        return address;
    }

    Generation generation() {
        return generation;
    }

    int claims() {
        return claims;
    }

    boolean isNodeOpen() {
        return nodeOpen;
    }

    void authorize(boolean value) {
        authorized = value;
    }

    void configure(boolean value) {
        configured = value;
    }

    void initialize() {
        initialized = true;
    }

    void silence(boolean value) {
        silent = value;
    }

    void openNode(boolean value) {
        nodeOpen = value;
    }

    void takeBack() {
        takenBack = true;
    }

    void claim() {
        claims++;
        takenBack = false;
    }

    void release() {
        claims--;
    }

    UsbDevice toModel() {
        var strings = silent ? SimDevice.Strings.NONE : device.strings();
        return UsbDevice.builder(path, address, generation, device.id())
                .usbClass(device.usbClass())
                .interfaces(interfaces())
                .speed(device.speed())
                .strings(
                        strings.manufacturer().orElse(null),
                        strings.product().orElse(null),
                        strings.serial().orElse(null))
                .authorized(authorized)
                .initialized(initialized)
                .build();
    }

    private List<UsbInterface> interfaces() {
        if (!authorized || !configured) {
            return List.of();
        }
        if (claims == 0 || takenBack) {
            return device.interfaces();
        }
        return device.interfaces().stream()
                .map(one -> new UsbInterface(one.number(), one.usbClass(), Optional.of(UsbInterface.USBFS)))
                .toList();
    }

    Hub toHub(Function<PortPath, Optional<PortPath>> peer) {
        List<Port> ports = IntStream.rangeClosed(1, device.ports())
                .mapToObj(path::child)
                .map(port -> new Port(port, peer.apply(port)))
                .toList();
        return new Hub(toModel(), authorized && configured ? ports : List.of());
    }
}
