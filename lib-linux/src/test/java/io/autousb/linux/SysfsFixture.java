package io.autousb.linux;

import io.autousb.contract.DeviceSourceFixture;
import io.autousb.contract.Gadget;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbInterface;
import io.autousb.linux.Uevent.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A host of {@link FakeSysfs} for device sources that read sysfs. What it does, it also tells. */
public abstract class SysfsFixture implements DeviceSourceFixture {

    private static final PortPath ROOT_HUB = PortPath.rootHub(1);
    private static final String PRODUCT = "product";

    private final Path folder;
    private final FakeSysfs host;
    private final Map<PortPath, Gadget> gadgets = new HashMap<>();

    /** A host with one root hub of eight ports, and udev. */
    protected SysfsFixture() {
        try {
            folder = Files.createTempDirectory("sysfs");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host = new FakeSysfs(folder);
        host.rootHub(ROOT_HUB.bus(), "/devices/pci0000:00/0000:00:14.0", 8);
    }

    /**
     * Is told of what happened in sysfs, after it has.
     *
     * @param origin who would send a uevent
     * @param action its action
     * @param devpath the canonical path of the device or interface
     */
    protected void tell(Origin origin, String action, String devpath) {}

    /**
     * Takes down what a subclass has beside the folder.
     *
     * @throws IOException if that fails
     */
    protected void closeWorld() throws IOException {}

    /** The host. */
    protected final FakeSysfs host() {
        return host;
    }

    /** The folder to look into. */
    protected final Path root() {
        return folder;
    }

    @Override
    public final synchronized void plug(PortPath port, Gadget gadget) {
        host.arrive(port, translate(gadget));
        gadgets.put(port, gadget);
        tell(Origin.KERNEL, "add", host.devpath(port));
        configure(port);
        tell(Origin.KERNEL, "bind", host.devpath(port));
        if (gadget.initialized()) {
            initialize(port);
        }
    }

    private void configure(PortPath port) {
        List<UsbInterface> interfaces = gadgets.get(port).interfaces();
        if (!interfaces.isEmpty()) {
            host.configure(port);
            interfaces.forEach(each -> {
                tell(Origin.KERNEL, "add", interfacePath(port, each));
                tell(Origin.KERNEL, "bind", interfacePath(port, each));
            });
        }
    }

    @Override
    public final synchronized void unplug(PortPath port) {
        List<String> paths = host.pluggedBelow(port).stream().map(host::devpath).toList();
        host.unplug(port);
        for (Origin origin : Origin.values()) {
            for (String path : paths) {
                tell(origin, "unbind", path);
                tell(origin, "remove", path);
            }
        }
    }

    @Override
    public final synchronized void rebind(PortPath port) {
        String devpath = host.devpath(port);
        host.rebind(port);
        Stream.of("unbind", "remove", "add", "bind").forEach(action -> tell(Origin.KERNEL, action, devpath));
        Stream.of("unbind", "remove", "add", "bind").forEach(action -> tell(Origin.UDEV, action, devpath));
    }

    @Override
    public final synchronized void authorize(PortPath port, boolean authorized) {
        host.replace(port, "authorized", authorized ? "1" : "0");
        if (authorized) {
            if (gadgets.get(port).interfaces().isEmpty()) {
                gadgets.put(port, Gadget.keyboard());
                host.reshape(port, translate(Gadget.keyboard()).interfaces());
            }
            configure(port);
        } else {
            host.unconfigure(port);
        }
        tell(Origin.KERNEL, "change", host.devpath(port));
    }

    @Override
    public final synchronized void initialize(PortPath port) {
        host.initialize(port);
        tell(Origin.UDEV, "add", host.devpath(port));
        tell(Origin.UDEV, "bind", host.devpath(port));
    }

    @Override
    public final synchronized void silence(PortPath port, boolean silent) {
        if (silent) {
            host.silence(port, PRODUCT);
        } else {
            host.answer(port, PRODUCT, gadgets.get(port).product().orElseThrow());
        }
    }

    @Override
    public final synchronized void breakHost() {
        host.breakHost();
    }

    private String interfacePath(PortPath port, UsbInterface each) {
        return host.devpath(port) + '/' + FakeSysfs.interfaceName(port, each.number());
    }

    private static FakeGadget translate(Gadget gadget) {
        UsbClass usbClass = gadget.usbClass();
        FakeGadget fake = FakeGadget.of(
                        gadget.id(), usbClass, gadget.interfaces().toArray(new UsbInterface[0]))
                .with("speed", gadget.speed().toString())
                .with("authorized", gadget.authorized() ? "1" : "0")
                .with("maxchild", Integer.toString(gadget.hubPorts()));
        fake = with(fake, "manufacturer", gadget.manufacturer());
        fake = with(fake, PRODUCT, gadget.product());
        return with(fake, "serial", gadget.serial());
    }

    private static FakeGadget with(FakeGadget gadget, String attribute, Optional<String> value) {
        return value.map(text -> gadget.with(attribute, text)).orElse(gadget);
    }

    @Override
    public final synchronized void close() throws IOException {
        host.answerAll();
        FakeSysfs.deleteTree(folder);
        closeWorld();
    }
}
