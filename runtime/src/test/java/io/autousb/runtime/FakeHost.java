package io.autousb.runtime;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A host whose devices a test plugs and unplugs. */
final class FakeHost implements DeviceSource {

    private final Map<String, UsbDevice> devices = new TreeMap<>();
    private final List<Port> ports = new ArrayList<>();
    private @Nullable Runnable listener;
    private int serial = 2;
    private boolean closed;

    /** Whether changes are told. */
    boolean hints = true;
    /** Why it cannot be read. */
    @Nullable
    RuntimeException failure;
    /** Whether the next snapshot hangs, with what was seen before. */
    boolean hangs;

    boolean hangsOnClose;
    int snapshots;

    @Override
    public void subscribe(Runnable newListener) {
        listener = newListener;
    }

    @Override
    public HostTopology snapshot(Duration timeout) {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "closed").build();
        }
        snapshots++;
        HostTopology topology = new HostTopology(
                List.of(), List.of(hub("7-1", List.of()), hub("usb1", ports)), List.copyOf(devices.values()));
        if (hangs) {
            hangs = false;
            ManualThreads.hang();
        }
        if (failure != null) {
            throw failure;
        }
        return topology;
    }

    @Override
    public void close() {
        if (hangsOnClose) {
            Closings.hang();
        }
        closed = true;
    }

    private Hub hub(String path, List<Port> itsPorts) {
        return new Hub(make(path, 1).usbClass(new UsbClass(UsbClass.HUB, 0, 0)).build(), itsPorts);
    }

    /** Makes a port of the first bus and another port one socket. */
    void peers(String port, String other) {
        ports.add(new Port(PortPath.parse(port), Optional.of(PortPath.parse(other))));
    }

    private UsbDevice.Builder make(String path, int number) {
        PortPath place = PortPath.parse(path);
        DeviceAddress address = new DeviceAddress(place.bus(), (number - 1) % 127 + 1);
        return UsbDevice.builder(
                        place, address, Generation.of(path, address, number, "boot"), new UsbId(0x46d, number & 0xffff))
                .interfaces(List.of(new UsbInterface(0, new UsbClass(3, 1, 1), Optional.empty())));
    }

    UsbDevice plug(String path) {
        return plug(path, UnaryOperator.identity());
    }

    UsbDevice plug(String path, UnaryOperator<UsbDevice.Builder> more) {
        UsbDevice device = more.apply(make(path, ++serial)).build();
        devices.put(path, device);
        hint();
        return device;
    }

    /** Another stay at the same place with the same address, as after a rebind of the host controller. */
    UsbDevice rebind(UsbDevice old) {
        UsbDevice device = UsbDevice.builder(
                        old.path(),
                        old.address(),
                        Generation.of(old.path().toString(), old.address(), ++serial, "boot"),
                        old.id())
                .interfaces(old.interfaces())
                .build();
        devices.put(old.path().toString(), device);
        hint();
        return device;
    }

    /** The same stay with other facts. */
    void change(UsbDevice device) {
        devices.put(device.path().toString(), device);
        hint();
    }

    void unplug(String path) {
        devices.remove(path);
        hint();
    }

    Map<String, UsbDevice> devices() {
        return devices;
    }

    void hint() {
        if (hints && listener != null) {
            listener.run();
        }
    }

    static UsbDevice named(UsbDevice device, String product) {
        return UsbDevice.builder(device.path(), device.address(), device.generation(), device.id())
                .interfaces(device.interfaces())
                .strings(null, product, null)
                .build();
    }

    static UsbDevice initialized(UsbDevice device, boolean initialized) {
        return new UsbDevice(
                device.path(),
                device.address(),
                device.generation(),
                device.id(),
                device.usbClass(),
                device.interfaces(),
                device.speed(),
                device.manufacturer(),
                device.product(),
                device.serial(),
                device.removable(),
                device.authorized(),
                initialized);
    }

    static UsbDevice driver(UsbDevice device, @Nullable String driver) {
        return new UsbDevice(
                device.path(),
                device.address(),
                device.generation(),
                device.id(),
                device.usbClass(),
                List.of(new UsbInterface(0, new UsbClass(3, 1, 1), Optional.ofNullable(driver))),
                device.speed(),
                device.manufacturer(),
                device.product(),
                device.serial(),
                device.removable(),
                device.authorized(),
                device.initialized());
    }
}
