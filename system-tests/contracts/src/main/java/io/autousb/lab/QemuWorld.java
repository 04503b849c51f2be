package io.autousb.lab;

import io.autousb.api.OptionValues;
import io.autousb.backend.qmp.QmpHypervisorProvider;
import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.contract.TestContext;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** {@code qmp} with QEMUs that run in the machine, and the machine's devices. */
final class QemuWorld implements HypervisorFixture {

    private static final String SOCKET = "qmp-socket";

    private final TestContext context = Machine.context();
    private final HostDevices devices = new HostDevices(context);
    private final Map<String, Qemu> guests = new ConcurrentHashMap<>();
    private final Path folder;

    QemuWorld() throws IOException {
        folder = Files.createTempDirectory("lab");
        Machine.run("chown", "nobody", folder.toString());
    }

    @Override
    public Hypervisor open() {
        QmpHypervisorProvider provider = new QmpHypervisorProvider();
        return provider.create(OptionValues.of(provider.options(), Map.of()), context.context());
    }

    /**
     * A real QEMU answers all, refuses only what it must, and is TRANSIENT too shortly. Nothing of it outlives its device. When
     * a device is plugged in here udev is done with it: a node that is closed then stays so.
     */
    @Override
    public Set<HypervisorCapability> unsupported() {
        return Set.of(
                HypervisorCapability.GUEST_STATES,
                HypervisorCapability.END_IN_CALL,
                HypervisorCapability.LOST_ANSWER,
                HypervisorCapability.NODE_RIGHTS,
                HypervisorCapability.REFUSAL,
                HypervisorCapability.REPORTED_LOSS,
                HypervisorCapability.LEFTOVER,
                HypervisorCapability.TWO_OBSERVERS);
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(guest, Map.of(SOCKET, monitor(guest).toString()));
    }

    private Path monitor(String guest) {
        return folder.resolve(guest + ".qmp");
    }

    @Override
    public GuestSpec invalidSpec() {
        return new GuestSpec("alpha", Map.of(SOCKET, "run/alpha.qmp"));
    }

    @Override
    public void start(String guest) {
        guests.put(guest, new Qemu(monitor(guest)));
    }

    @Override
    public void stop(String guest) {
        running(guest).close();
        guests.remove(guest);
    }

    private Qemu running(String guest) {
        return Objects.requireNonNull(guests.get(guest), guest);
    }

    @Override
    public UsbDevice plug(Gadget gadget) {
        return opened(devices.plug(gadget));
    }

    @Override
    public void unplug(UsbDevice device) {
        devices.unplug(device);
    }

    @Override
    public UsbDevice replug(UsbDevice device, Gadget gadget) {
        return opened(devices.replug(device, gadget));
    }

    @Override
    public void reboot(String guest) {
        running(guest).execute(QmpCommand.change("system_reset"));
    }

    @Override
    public void hang(String guest) {
        running(guest).signal("STOP");
    }

    @Override
    public void release(String guest) {
        running(guest).signal("CONT");
    }

    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        QmpCommand.Builder add = onPort("usb-host", port);
        switch (how) {
            case NAMED ->
                add.with("id", "byhand")
                        .with("hostbus", device.address().bus())
                        .with("hostaddr", device.address().device());
            case ANONYMOUS -> add.with("hostdevice", node(device).toString());
            case REMATCHING ->
                add.with("id", "match").with("vendorid", device.id().vendor());
        }
        running(guest).execute(add);
    }

    private static QmpCommand.Builder onPort(String driver, GuestPort port) {
        return QmpCommand.change("device_add")
                .with("driver", driver)
                .with("bus", port.controller())
                .with("port", Integer.toString(port.number()));
    }

    @Override
    public void detachByHand(String guest, Attachment attachment) {
        running(guest).execute(QmpCommand.change("device_del").with("id", attachment.handle()));
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        running(guest).execute(onPort("usb-kbd", port));
    }

    /** Plugs cards into its PCI bus until it takes no more. */
    @Override
    public void fillRoom(String guest) {
        boolean room = true;
        while (room) {
            try {
                running(guest).execute(QmpCommand.change("device_add").with("driver", "virtio-rng-pci"));
            } catch (QmpErrorException e) {
                room = false;
            }
        }
    }

    /** As a udev rule for QEMU's user would. */
    private static UsbDevice opened(UsbDevice device) {
        try {
            Files.setPosixFilePermissions(node(device), PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return device;
    }

    private static Path node(UsbDevice device) {
        return Path.of("/dev/bus/usb/%03d/%03d"
                .formatted(device.address().bus(), device.address().device()));
    }

    @Override
    public Duration timeout() {
        return Machine.PATIENCE;
    }

    @Override
    public Duration shortTimeout() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration patience() {
        return Machine.PATIENCE;
    }

    @Override
    public Duration grace() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void close() throws IOException {
        guests.values().forEach(Qemu::close);
        devices.close();
        context.close();
        Machine.run("rm", "-r", folder.toString());
    }
}
