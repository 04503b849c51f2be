package io.autousb.backend.qmp;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.linux.PluggedDevices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A folder for the host's sysfs, and the nodes that QEMU may not open. */
final class FakeUsbHost {

    private static final int BUS = 2;

    private final Path root;
    private final Set<String> closedNodes = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lastPort = new AtomicInteger();
    private final AtomicInteger lastAddress = new AtomicInteger();

    FakeUsbHost(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("sys/bus/usb/devices"));
    }

    Set<String> closedNodes() {
        return closedNodes;
    }

    UsbDevice plug(Gadget gadget) {
        return plug(PortPath.rootHub(BUS).child(lastPort.incrementAndGet()), gadget);
    }

    /** As it is at the kernel's {@code bind}: udev, which sets the rights of its node, is still to come. */
    private UsbDevice plug(PortPath path, Gadget gadget) {
        DeviceAddress address = new DeviceAddress(BUS, lastAddress.incrementAndGet());
        try {
            Path folder = Files.createDirectories(folder(path));
            Files.createSymbolicLink(
                    link(path), Path.of("../../../devices/fake").resolve(path.toString()));
            Map<String, String> attributes = Map.of(
                    "idVendor", "%04x".formatted(gadget.id().vendor()),
                    "idProduct", "%04x".formatted(gadget.id().product()),
                    "bDeviceClass", "00",
                    "bDeviceSubClass", "00",
                    "bDeviceProtocol", "00",
                    "busnum", Integer.toString(address.bus()),
                    "devnum", Integer.toString(address.device()));
            for (Map.Entry<String, String> each : attributes.entrySet()) {
                Files.writeString(folder.resolve(each.getKey()), each.getValue() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return UsbDevice.builder(path, address, generation(path), gadget.id())
                .interfaces(gadget.interfaces())
                .speed(gadget.speed())
                .initialized(false)
                .build();
    }

    /** As whoever else looks at the host tells it. */
    private Generation generation(PortPath path) {
        return new PluggedDevices(root)
                .read().stream()
                        .filter(each -> each.path().equals(path))
                        .findFirst()
                        .orElseThrow()
                        .generation();
    }

    private Path link(PortPath path) {
        return root.resolve("sys/bus/usb/devices").resolve(path.toString());
    }

    private Path folder(PortPath path) {
        return root.resolve("sys/devices/fake").resolve(path.toString());
    }

    void unplug(UsbDevice device) {
        delete(link(device.path()));
        delete(folder(device.path()));
    }

    UsbDevice replug(UsbDevice device, Gadget gadget) {
        unplug(device);
        return plug(device.path(), gadget);
    }

    void reset(UsbDevice device, boolean resetting) {
        int number = device.address().device();
        try {
            Files.writeString(folder(device.path()).resolve("dev"), "189:" + (BUS * 128 - 128 + number - 1) + "\n");
            Files.writeString(folder(device.path()).resolve("devnum"), (resetting ? 0 : number) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void setNodeOpen(UsbDevice device, boolean open) {
        String node = HostMatch.node(device.address());
        if (open) {
            closedNodes.remove(node);
        } else {
            closedNodes.add(node);
        }
    }

    /** Removes a folder with all in it. */
    static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
