package io.autousb.backend.sim;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.BackendException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host's USB in memory, to plug things into. Thread-safe. Every change is hinted on the thread that
 * makes it, after it was made.
 */
public final class SimHost {

    private static final String BOOT = "sim";

    private final Hints<Runnable> hints = new Hints<>();
    private final NavigableMap<PortPath, PluggedDevice> plugged = new TreeMap<>();
    private final HostBuses buses = new HostBuses();
    private @Nullable HostTopology snapshot = HostTopology.EMPTY;
    private @Nullable BackendException failure;
    private long inode = 1;
    private volatile boolean mute;

    /** Makes a host without USB. */
    public SimHost() {}

    /**
     * Adds an xHCI host controller: a USB 2 and a USB 3 bus over the same sockets.
     *
     * @param name its name, such as {@code pci-0000:00:14.0}
     * @param ports the number of its sockets
     * @return the root hub of the USB 2 half; the other one has the next bus number
     */
    public PortPath addController(String name, int ports) {
        PortPath root = change(() -> {
            UsbController controller = buses.add(name);
            int usb2 = controller.buses().get(0);
            for (int bus : controller.buses()) {
                SimDevice hub = SimDevice.hub(ports).withStrings(SimDevice.Strings.product("xHCI Host Controller"));
                insert(PortPath.rootHub(bus), bus == usb2 ? hub : hub.withSpeed(UsbSpeed.SUPER));
            }
            return PortPath.rootHub(usb2);
        });
        hint();
        return root;
    }

    /**
     * Plugs a device in, or a hub with all that is plugged into it.
     *
     * @param port a free port of a hub
     * @param device the device
     * @throws IllegalArgumentException if there is no such port, or something is in it
     */
    public void plug(PortPath port, SimDevice device) {
        change(() -> {
            insert(port, device);
            return port;
        });
        hint();
    }

    /**
     * Pulls out what is in a port, with all that is below it.
     *
     * @param port the port
     * @return what was in it, ready to be plugged in elsewhere
     * @throws IllegalArgumentException if the port is empty
     */
    public SimDevice unplug(PortPath port) {
        SimDevice device = change(() -> remove(port));
        hint();
        return device;
    }

    /**
     * Pulls out what is in a port and puts it back so fast that there is one hint only.
     *
     * @param port the port
     */
    public void replug(PortPath port) {
        change(() -> {
            insert(port, remove(port));
            return port;
        });
        hint();
    }

    /**
     * Binds the host controller of a device anew: it comes back with the same address, and is another
     * one nevertheless.
     *
     * @param port the port of a device that is no hub
     */
    public void rebind(PortPath port) {
        change(() -> {
            PluggedDevice old = require(port);
            return plugged.put(
                    port, new PluggedDevice(port, old.device(), old.address(), nextGeneration(port, old.address())));
        });
        hint();
    }

    /**
     * Lets the host configure a device, or forbids it.
     *
     * @param port the port of a device
     * @param authorized whether it is allowed
     */
    public void authorize(PortPath port, boolean authorized) {
        update(port, device -> device.authorize(authorized));
    }

    /**
     * Gives a device a configuration, or takes it away.
     *
     * @param port the port of a device
     * @param configured whether it has one
     */
    public void configure(PortPath port, boolean configured) {
        update(port, device -> device.configure(configured));
    }

    /**
     * Lets udev be done with a device.
     *
     * @param port the port of a device
     */
    public void initialize(PortPath port) {
        update(port, PluggedDevice::initialize);
    }

    /**
     * Opens or closes a device's node to hypervisors that are not root.
     *
     * @param port the port of a device
     * @param open whether they may open it
     */
    public void openNode(PortPath port, boolean open) {
        update(port, device -> device.openNode(open));
    }

    /**
     * Lets a device answer nothing about its strings, or answer again.
     *
     * @param port the port of a device
     * @param silent whether it is silent
     */
    public void silence(PortPath port, boolean silent) {
        update(port, device -> device.silence(silent));
    }

    /**
     * Lets the host's drivers take a device back from the guest that has it, as a resume from suspend
     * does.
     *
     * @param port the port of a device
     */
    public void takeBack(PortPath port) {
        update(port, PluggedDevice::takeBack);
    }

    /**
     * Lets all device sources' looks at the host fail until {@link #mend}.
     *
     * @param newFailure how they fail
     */
    public synchronized void fail(BackendException newFailure) {
        failure = newFailure;
    }

    /** Ends what {@link #fail} began. */
    public void mend() {
        change(() -> {
            failure = null;
            return this;
        });
        hint();
    }

    /** Hints, though nothing has changed. */
    public void hint() {
        if (!mute) {
            hints.each(Runnable::run);
        }
    }

    /**
     * Makes changes without a hint for each, then one hint that some were lost, as a full netlink buffer
     * does.
     *
     * @param changes what to change meanwhile
     */
    public void losingHints(Runnable changes) {
        muted(changes);
        hint();
    }

    /** Makes changes without any hint, which no host does. */
    void muted(Runnable changes) {
        mute = true;
        try {
            changes.run();
        } finally {
            mute = false;
        }
    }

    /** As {@link #topology}, but fails if the host is to {@link #fail}. */
    synchronized HostTopology read() {
        if (failure != null) {
            throw failure;
        }
        return topology();
    }

    /**
     * What is plugged in, whatever is to go wrong.
     *
     * @return what is plugged in now
     */
    public synchronized HostTopology topology() {
        if (snapshot == null) {
            snapshot = new HostTopology(
                    buses.controllers(),
                    plugged.values().stream()
                            .filter(one -> one.device().ports() > 0)
                            .map(one -> one.toHub(buses::peer))
                            .toList(),
                    plugged.values().stream()
                            .filter(one -> one.device().ports() == 0)
                            .map(PluggedDevice::toModel)
                            .toList());
        }
        return snapshot;
    }

    /**
     * The device or hub in a port.
     *
     * @param port the port
     * @return what is in it, or empty
     */
    public synchronized Optional<UsbDevice> at(PortPath port) {
        return find(port).map(PluggedDevice::toModel);
    }

    /** Whether this very stay of a device goes on. */
    synchronized boolean has(UsbDevice device) {
        return find(device.path())
                .filter(one -> one.generation().equals(device.generation()))
                .filter(one -> one.address().equals(device.address()))
                .isPresent();
    }

    /** Whether hypervisors that are not root can open the device in a port. */
    synchronized boolean isNodeOpen(PortPath port) {
        return find(port).filter(PluggedDevice::isNodeOpen).isPresent();
    }

    /** How many guests hold a device; more than one is a mistake of whoever asked for it. */
    synchronized int claims(PortPath port) {
        return find(port).map(PluggedDevice::claims).orElse(0);
    }

    /** Lets a hypervisor hold a device. The caller hints. */
    void claim(UsbDevice device) {
        change(() -> {
            find(device.path())
                    .filter(one -> one.generation().equals(device.generation()))
                    .ifPresent(PluggedDevice::claim);
            return this;
        });
    }

    /** Gives a device that may be gone back to the host's drivers. The caller hints. */
    void release(UsbDevice device) {
        change(() -> {
            find(device.path())
                    .filter(one -> one.generation().equals(device.generation()))
                    .ifPresent(PluggedDevice::release);
            return this;
        });
    }

    Hints<Runnable> hints() {
        return hints;
    }

    private void update(PortPath port, Consumer<PluggedDevice> change) {
        change(() -> {
            change.accept(require(port));
            return port;
        });
        hint();
    }

    private synchronized <T> T change(Supplier<T> change) {
        snapshot = null;
        return change.get();
    }

    private void insert(PortPath port, SimDevice device) {
        if (plugged.containsKey(port)) {
            throw new IllegalArgumentException(port + " is in use");
        }
        port.parent().ifPresent(parent -> {
            int ports = require(parent).device().ports();
            int number = port.chain().get(port.chain().size() - 1);
            if (number > ports) {
                throw new IllegalArgumentException(parent + " has no port " + number);
            }
        });
        DeviceAddress address = buses.nextAddress(port.bus());
        plugged.put(port, new PluggedDevice(port, device.alone(), address, nextGeneration(port, address)));
        new TreeMap<>(device.below()).forEach((number, child) -> insert(port.child(number), child));
    }

    private SimDevice remove(PortPath port) {
        SimDevice device = require(port).device();
        for (PortPath below : List.copyOf(plugged.tailMap(port, false).keySet())) {
            if (!port.contains(below)) {
                break;
            }
            if (below.chain().size() == port.chain().size() + 1) {
                device = device.with(below.chain().get(port.chain().size()), remove(below));
            }
        }
        buses.freeAddress(require(port).address());
        plugged.remove(port);
        return device;
    }

    private Generation nextGeneration(PortPath port, DeviceAddress address) {
        return Generation.of("/sim/" + port, address, inode++, BOOT);
    }

    private Optional<PluggedDevice> find(PortPath port) {
        return Optional.ofNullable(plugged.get(port));
    }

    private PluggedDevice require(PortPath port) {
        return find(port).orElseThrow(() -> new IllegalArgumentException("nothing is at " + port));
    }
}
