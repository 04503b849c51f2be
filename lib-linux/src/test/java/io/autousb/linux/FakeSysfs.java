package io.autousb.linux;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbInterface;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder that looks like {@code /sys}, {@code /run/udev} and {@code /proc} as far as USB is concerned,
 * with links as the kernel makes them. Devices appear as they do there: first the folder, then the link
 * to it. Every stay has a folder, and so an inode, of its own. Thread-safe.
 */
public final class FakeSysfs {

    private static final Path DEVICES = Path.of("sys/bus/usb/devices");

    private final Path root;
    private final Map<PortPath, FakeGadget> plugged = new HashMap<>();
    private final Map<Integer, Integer> lastAddress = new HashMap<>();
    private int graves;

    /** An empty host with udev. */
    public FakeSysfs(Path root) {
        this.root = root;
        folder(root.resolve(DEVICES));
        folder(root.resolve("sys/devices"));
        write(root.resolve("run/udev/control"), "");
        write(root.resolve("proc/sys/kernel/random/boot_id"), "c0ffee00-0000-4000-8000-000000000000");
    }

    /** The folder to look into. */
    public Path root() {
        return root;
    }

    /** Adds a root hub. The controller's path is as in {@code /devices/pci0000:00/0000:00:14.0}. */
    public synchronized void rootHub(int bus, String controller, int ports) {
        Path folder = root.resolve("sys" + controller);
        folder(folder);
        String subsystem = controller.contains("/pci") ? "pci" : "platform";
        if (!Files.isSymbolicLink(folder.resolve("subsystem"))) {
            link(folder.resolve("subsystem"), root.resolve("sys/bus").resolve(subsystem));
        }
        FakeGadget gadget = FakeGadget.hub(ports).with("idVendor", "1d6b").with("idProduct", "0002");
        plug(PortPath.rootHub(bus), folder.resolve("usb" + bus), gadget);
    }

    /** Makes the ports of two root hubs each other's peers. */
    public synchronized void peers(PortPath one, PortPath other) {
        for (int port = 1; port <= Math.min(gadget(one).ports(), gadget(other).ports()); port++) {
            link(portFolder(one, port).resolve("peer"), portFolder(other, port));
            link(portFolder(other, port).resolve("peer"), portFolder(one, port));
        }
    }

    /** Plugs a device in, configured and seen by udev. */
    public synchronized DeviceAddress plug(PortPath path, FakeGadget gadget) {
        DeviceAddress address = arrive(path, gadget);
        configure(path);
        initialize(path);
        return address;
    }

    /** As the kernel's {@code add}: the device has an address, but no configuration. */
    public synchronized DeviceAddress arrive(PortPath path, FakeGadget gadget) {
        return plug(path, folder(path.parent().orElseThrow()).resolve(path.toString()), gadget);
    }

    private DeviceAddress plug(PortPath path, Path folder, FakeGadget gadget) {
        int number = lastAddress.merge(path.bus(), 1, (last, one) -> last % 127 + one);
        return plug(path, folder, gadget, new DeviceAddress(path.bus(), number));
    }

    private DeviceAddress plug(PortPath path, Path folder, FakeGadget gadget, DeviceAddress address) {
        gadget.attributes().forEach((name, value) -> write(folder.resolve(name), value + "\n"));
        write(folder.resolve("busnum"), address.bus() + "\n");
        write(folder.resolve("devnum"), address.device() + "\n");
        write(folder.resolve("dev"), "189:" + ((address.bus() - 1) * 128 + address.device() - 1) + "\n");
        write(folder.resolve("bNumInterfaces"), "");
        link(devices().resolve(path.toString()), folder);
        plugged.put(path, gadget);
        if (path.isRootHub()) {
            configure(path);
            initialize(path);
        }
        return address;
    }

    /** As the kernel's {@code bind}: the device has interfaces, and they have drivers. */
    public synchronized void configure(PortPath path) {
        FakeGadget gadget = gadget(path);
        replace(path, "bNumInterfaces", " " + gadget.interfaces().size());
        for (int i = 0; i < gadget.interfaces().size(); i++) {
            addInterface(path, i);
        }
    }

    /** Gives a device that is not configured other interfaces. */
    public synchronized void reshape(PortPath path, List<UsbInterface> interfaces) {
        plugged.computeIfPresent(path, (place, gadget) -> new FakeGadget(gadget.attributes(), interfaces));
    }

    /** Adds one interface alone, by its place in the list. */
    public synchronized void addInterface(PortPath path, int index) {
        FakeGadget gadget = gadget(path);
        UsbInterface added = gadget.interfaces().get(index);
        String name = interfaceName(path, added.number());
        Path folder = folder(path).resolve(name);
        UsbClass usbClass = added.usbClass();
        write(
                folder.resolve("modalias"),
                "usb:v046DpC31Cd6402dc00dsc00dp00ic%02Xisc%02Xip%02Xin%02X\n"
                        .formatted(usbClass.code(), usbClass.subclass(), usbClass.protocol(), added.number()));
        for (int port = 1; port <= gadget.ports(); port++) {
            folder(folder.resolve(path + "-port" + port));
        }
        link(devices().resolve(name), folder);
        added.driver().ifPresent(driver -> bind(path, added.number(), driver));
    }

    /** Takes all interfaces away. */
    public synchronized void unconfigure(PortPath path) {
        replace(path, "bNumInterfaces", null);
        for (UsbInterface each : gadget(path).interfaces()) {
            Path link = devices().resolve(interfaceName(path, each.number()));
            if (Files.exists(link)) {
                Path folder = real(link);
                delete(link);
                bury(folder);
            }
        }
    }

    /** Binds a driver to an interface, or none. */
    public synchronized void bind(PortPath path, int number, String driver) {
        Path link = folder(path).resolve(interfaceName(path, number)).resolve("driver");
        delete(link);
        if (!driver.isEmpty()) {
            link(link, root.resolve("sys/bus/usb/drivers").resolve(driver));
        }
    }

    /** As udev does when it is done with a device. */
    public synchronized void initialize(PortPath path) {
        write(udevData(path), "I:1\n");
    }

    /** A host without udev. */
    public synchronized void withoutUdev() {
        delete(root.resolve("run/udev/control"));
    }

    /** Changes an attribute of a device; null makes it empty. */
    public synchronized void replace(PortPath path, String attribute, String value) {
        Path file = folder(path).resolve(attribute);
        Path fresh = root.resolve("fresh");
        write(fresh, value == null ? "" : value + "\n");
        try {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As while the kernel resets a device. */
    public void reset(PortPath path) {
        replace(path, "devnum", "0");
    }

    /** Lets reading an attribute fail, though it is there. */
    public synchronized void spoil(PortPath path, String attribute) {
        Path file = folder(path).resolve(attribute);
        delete(file);
        folder(file);
    }

    /** Lets reading what was spoilt succeed again. */
    public synchronized void repair(PortPath path, String attribute, String value) {
        Path file = folder(path).resolve(attribute);
        delete(file);
        write(file, value + "\n");
    }

    /** Lets reading an attribute hang. */
    public synchronized void silence(PortPath path, String attribute) {
        Path file = folder(path).resolve(attribute);
        delete(file);
        try {
            int exit = new ProcessBuilder("mkfifo", file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("mkfifo failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets what hangs, and later reads, have an answer. */
    public synchronized void answer(PortPath path, String attribute, String value) {
        answer(folder(path).resolve(attribute), value);
        replace(path, attribute, value);
    }

    /** Waits for one who reads what hangs, and gives that one an answer; later reads hang again. */
    public synchronized void answerOnce(PortPath path, String attribute, String value) {
        try (FileOutputStream fifo =
                new FileOutputStream(folder(path).resolve(attribute).toFile())) {
            fifo.write((value + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(Path fifo, String value) {
        // Opened for both, a FIFO does not wait for the other side (fifo(7)).
        try (RandomAccessFile both = new RandomAccessFile(fifo.toFile(), "rw")) {
            both.write((value + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pulls out a device and all that is below it. */
    public synchronized void unplug(PortPath path) {
        Path folder = folder(path);
        for (PortPath each : pluggedBelow(path)) {
            delete(udevData(each));
            for (UsbInterface one : gadget(each).interfaces()) {
                delete(devices().resolve(interfaceName(each, one.number())));
            }
            delete(devices().resolve(each.toString()));
            plugged.remove(each);
        }
        bury(folder);
    }

    /** A device and all that is below it, the lowest first. */
    public synchronized List<PortPath> pluggedBelow(PortPath path) {
        return plugged.keySet().stream()
                .filter(path::contains)
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Puts a device into the place of another in no time, with the same address. */
    public synchronized void rebind(PortPath path) {
        FakeGadget gadget = gadget(path);
        DeviceAddress address = address(path);
        Path folder = folder(path);
        unplug(path);
        plug(path, folder, gadget, address);
        configure(path);
        initialize(path);
    }

    /** Makes everything vanish, as if sysfs were not mounted. */
    public synchronized void breakHost() {
        bury(devices());
    }

    /** Lets everything that hangs have an empty answer. */
    public synchronized void answerAll() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                if (Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther()) {
                    answer(file, "");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A device's canonical path, as in uevents. */
    public synchronized String devpath(PortPath path) {
        return folder(path).toString().substring(root.resolve("sys").toString().length());
    }

    /** The address of what is plugged in. */
    public synchronized DeviceAddress address(PortPath path) {
        return new DeviceAddress(path.bus(), Integer.parseInt(read(folder(path).resolve("devnum"))));
    }

    /** The name of an interface of the first configuration. */
    public static String interfaceName(PortPath path, int number) {
        return (path.isRootHub() ? path.bus() + "-0" : path.toString()) + ":1." + number;
    }

    private Path udevData(PortPath path) {
        DeviceAddress address = address(path);
        return root.resolve("run/udev/data/c189:" + ((address.bus() - 1) * 128 + address.device() - 1));
    }

    private FakeGadget gadget(PortPath path) {
        FakeGadget gadget = plugged.get(path);
        if (gadget == null) {
            throw new IllegalStateException("nothing in " + path);
        }
        return gadget;
    }

    private Path portFolder(PortPath hub, int port) {
        return folder(hub).resolve(interfaceName(hub, 0)).resolve(hub + "-port" + port);
    }

    private Path devices() {
        return root.resolve(DEVICES);
    }

    private Path folder(PortPath path) {
        return real(devices().resolve(path.toString()));
    }

    private static Path real(Path link) {
        try {
            return link.getParent().resolve(Files.readSymbolicLink(link)).normalize();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bury(Path folder) {
        Path graveyard = root.resolve("graveyard");
        folder(graveyard);
        try {
            Files.move(folder, graveyard.resolve(Integer.toString(graves++)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, link.getParent().relativize(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a host's folder with all that is in it. */
    static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void folder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        folder(file.getParent());
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
