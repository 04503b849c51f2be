package org.example.virsh;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.example.virsh.FakeVirsh.Accident;

/** The adapter, a libvirt in memory, and a folder for the host's sysfs. */
final class VirshFixture implements HypervisorFixture {

    private static final int BUS = 2;

    private final Path root = Files.createTempDirectory("virsh");
    private final Path devices = Files.createDirectories(root.resolve("sys/bus/usb/devices"));
    private final FakeVirsh virsh = new FakeVirsh(this::isPresent);
    private final AtomicInteger lastPort = new AtomicInteger();
    private final AtomicInteger lastAddress = new AtomicInteger();

    VirshFixture() throws IOException {}

    @Override
    public Hypervisor open() {
        return new VirshHypervisor(new Virsh(virsh, "qemu:///system"), root);
    }

    /**
     * libvirt adds no USB controller to what runs, keeps an alias for each device, looks for no device a second time, and
     * answers from memory while a guest's monitor hangs.
     */
    @Override
    public Set<HypervisorCapability> unsupported() {
        return EnumSet.of(
                HypervisorCapability.ADD_CONTROLLER,
                HypervisorCapability.NO_ROOM,
                HypervisorCapability.HANG_SHOWS,
                HypervisorCapability.FOREIGN_ANONYMOUS,
                HypervisorCapability.FOREIGN_REMATCHING,
                HypervisorCapability.REPORTED_LOSS,
                HypervisorCapability.NODE_RIGHTS,
                HypervisorCapability.LEFTOVER,
                HypervisorCapability.INVALID_SETTING);
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(guest, Map.of());
    }

    @Override
    public void start(String guest) {
        virsh.start(guest);
    }

    @Override
    public void stop(String guest) {
        virsh.stop(guest);
    }

    @Override
    public UsbDevice plug(Gadget gadget) {
        return plug(PortPath.rootHub(BUS).child(lastPort.incrementAndGet()), gadget);
    }

    private UsbDevice plug(PortPath path, Gadget gadget) {
        DeviceAddress address = new DeviceAddress(BUS, lastAddress.incrementAndGet());
        try {
            Path folder = Files.createDirectories(devices.resolve(path.toString()));
            Files.writeString(folder.resolve("devnum"), address.device() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Generation generation = Generation.of("/devices/" + path, address, address.device(), "boot");
        return UsbDevice.builder(path, address, generation, gadget.id())
                .interfaces(gadget.interfaces())
                .speed(gadget.speed())
                .build();
    }

    private boolean isPresent(String busAndDevice) {
        try (Stream<Path> all = Files.list(devices)) {
            return all.anyMatch(folder -> busAndDevice.equals(BUS + " " + devnum(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String devnum(Path folder) {
        try {
            return Files.readString(folder.resolve("devnum")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void unplug(UsbDevice device) {
        delete(devices.resolve(device.path().toString()));
    }

    @Override
    public UsbDevice replug(UsbDevice device, Gadget gadget) {
        unplug(device);
        return plug(device.path(), gadget);
    }

    @Override
    public void setState(String guest, GuestState state) {
        virsh.state(
                guest,
                switch (state) {
                    case PAUSED -> "paused (user)";
                    case TRANSIENT -> "paused (migrating)";
                    default -> "running (unpaused)";
                });
    }

    @Override
    public void reboot(String guest) {
        virsh.reboot();
    }

    @Override
    public void hang(String guest) {
        virsh.hang(guest, true);
    }

    @Override
    public void release(String guest) {
        virsh.hang(guest, false);
    }

    @Override
    public void endInNextChange(String guest) {
        virsh.next(guest, Accident.ENDS);
    }

    @Override
    public void loseNextAnswer(String guest, boolean done) {
        virsh.next(guest, done ? Accident.LOST_DONE : Accident.LOST_UNDONE);
    }

    /** Lets libvirt's daemon end in the next change, and come back later. */
    void disconnectInNextChange(String guest) {
        virsh.next(guest, Accident.DISCONNECTED);
    }

    /** Says of a guest's state what virsh would. */
    void says(String guest, String state) {
        virsh.state(guest, state);
    }

    @Override
    public void refuseNextAttach(String guest, String text) {
        virsh.refuseNext(guest, text);
    }

    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        String alias = "hostdev" + device.address().device();
        virsh.put(
                guest,
                alias,
                """
                <hostdev mode='subsystem' type='usb' managed='no'>
                  <source>
                    <address bus='%d' device='%d'/>
                  </source>
                  <alias name='%s'/>
                  <address type='usb' bus='%s' port='%d'/>
                </hostdev>
                """
                        .formatted(
                                device.address().bus(), device.address().device(), alias, port.controller(), port.number()));
    }

    @Override
    public void detachByHand(String guest, Attachment attachment) {
        virsh.take(guest, attachment.handle());
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        virsh.put(
                guest,
                "input0",
                "<input type='keyboard' bus='usb'><alias name='input0'/><address type='usb' bus='%s' port='%d'/></input>\n"
                        .formatted(port.controller(), port.number()));
    }

    @Override
    public void close() {
        delete(root);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
