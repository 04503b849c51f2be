package io.autousb.backend.libxlcli;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.linux.PluggedDevices;
import io.autousb.linux.PluggedDevices.PluggedDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The host's devices in a folder, as the kernel shows them. */
final class FakeSysfs {

    private static final int BUS = 2;

    private final Path root;
    private final AtomicInteger lastPort = new AtomicInteger();
    private final AtomicInteger lastAddress = new AtomicInteger(2);

    FakeSysfs(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("sys/bus/usb/devices"));
        Files.createDirectories(root.resolve("proc/sys/kernel/random"));
        Files.writeString(root.resolve("proc/sys/kernel/random/boot_id"), "boot\n");
    }

    UsbDevice plug(Gadget gadget) {
        return plug(PortPath.rootHub(BUS).child(lastPort.incrementAndGet()), gadget);
    }

    UsbDevice plug(PortPath path, Gadget gadget) {
        DeviceAddress address = new DeviceAddress(BUS, lastAddress.incrementAndGet());
        Map<String, String> attributes = Map.of(
                "busnum", Integer.toString(address.bus()),
                "devnum", Integer.toString(address.device()),
                "bDeviceClass", "%02x".formatted(gadget.usbClass().code()),
                "bDeviceSubClass", "%02x".formatted(gadget.usbClass().subclass()),
                "bDeviceProtocol", "%02x".formatted(gadget.usbClass().protocol()),
                "idVendor", "%04x".formatted(gadget.id().vendor()),
                "idProduct", "%04x".formatted(gadget.id().product()),
                "speed", "12");
        try {
            Path folder = Files.createDirectories(root.resolve("sys/devices/" + address.device() + "/" + path));
            for (var each : attributes.entrySet()) {
                Files.writeString(folder.resolve(each.getKey()), each.getValue() + "\n");
            }
            Files.createSymbolicLink(link(path), Path.of("../../../devices/" + address.device() + "/" + path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PluggedDevice plugged = at(path).orElseThrow();
        return UsbDevice.builder(path, address, plugged.generation(), gadget.id())
                .interfaces(gadget.interfaces())
                .speed(gadget.speed())
                .build();
    }

    void unplug(PortPath path) {
        try {
            Path folder = link(path).toRealPath();
            Files.delete(link(path));
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path link(PortPath path) {
        return root.resolve("sys/bus/usb/devices").resolve(path.toString());
    }

    Optional<PluggedDevice> at(PortPath path) {
        return new PluggedDevices(root)
                .read().stream().filter(each -> each.path().equals(path)).findFirst();
    }

    Optional<PluggedDevice> at(int bus, int address) {
        return new PluggedDevices(root)
                .read().stream()
                        .filter(each ->
                                each.address().bus() == bus && each.address().device() == address)
                        .findFirst();
    }

    boolean isHub(PortPath path) {
        try {
            return Files.readString(link(path).resolve("bDeviceClass")).strip().equals("09");
        } catch (IOException e) {
            return false;
        }
    }
}
