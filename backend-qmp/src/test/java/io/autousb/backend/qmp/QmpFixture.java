package io.autousb.backend.qmp;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The adapter, with {@link FakeQemu}s for guests and a folder for the host's sysfs. */
final class QmpFixture implements HypervisorFixture {

    private final Path root = Files.createTempDirectory("qmp");
    private final Map<String, FakeQemu> guests = new ConcurrentHashMap<>();
    private final FakeUsbHost host = new FakeUsbHost(root);

    QmpFixture() throws IOException {}

    Path root() {
        return root;
    }

    /** Lets the kernel be at resetting a device, or be done. */
    void reset(UsbDevice device, boolean resetting) {
        host.reset(device, resetting);
    }

    FakeQemu guest(String name) {
        return guests.get(name);
    }

    /** Shows this process, which listens on all sockets of the test, in {@code /proc}. */
    void showProcess(String arguments, int uid) throws IOException {
        Path process = Files.createDirectories(
                root.resolve("proc/" + ProcessHandle.current().pid()));
        Files.writeString(process.resolve("cmdline"), arguments.replace(' ', '\0') + "\0");
        Files.writeString(process.resolve("comm"), arguments.substring(0, Math.min(15, arguments.length())) + "\n");
        Files.writeString(process.resolve("status"), "Name:\tx\nUid:\t0\t" + uid + "\t" + uid + "\t" + uid + "\n");
        Files.writeString(process.resolve("stat"), "1 (q) S 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
    }

    /** Shows that this process has ended, and nobody has taken notice yet. */
    void endProcess() throws IOException {
        Path stat = root.resolve("proc/" + ProcessHandle.current().pid()).resolve("stat");
        Files.writeString(stat, Files.readString(stat).replace(" S ", " Z "));
    }

    /** Nothing of QEMU's outlives the device that it is of. */
    @Override
    public Set<HypervisorCapability> unsupported() {
        return Set.of(HypervisorCapability.LEFTOVER, HypervisorCapability.TWO_OBSERVERS);
    }

    @Override
    public Hypervisor open() {
        return new QmpHypervisor(root, Duration.ofMillis(200));
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(guest, Map.of("qmp-socket", socket(guest).toString()));
    }

    private Path socket(String guest) {
        return root.resolve(guest + ".sock");
    }

    @Override
    public GuestSpec invalidSpec() {
        return new GuestSpec("alpha", Map.of("qmp-socket", "run/alpha.sock"));
    }

    @Override
    public void start(String guest) {
        try {
            guests.put(guest, new FakeQemu(socket(guest), host.closedNodes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop(String guest) {
        guests.remove(guest).close();
    }

    @Override
    public UsbDevice plug(Gadget gadget) {
        return host.plug(gadget);
    }

    @Override
    public void unplug(UsbDevice device) {
        host.unplug(device);
    }

    @Override
    public UsbDevice replug(UsbDevice device, Gadget gadget) {
        return host.replug(device, gadget);
    }

    @Override
    public void setState(String guest, GuestState state) {
        guests.get(guest)
                .status(
                        switch (state) {
                            case PAUSED -> "paused";
                            case TRANSIENT -> "finish-migrate";
                            default -> "running";
                        });
    }

    @Override
    public void reboot(String guest) {
        guests.get(guest).event("RESET");
    }

    @Override
    public void hang(String guest) {
        guests.get(guest).hang(true);
    }

    @Override
    public void release(String guest) {
        guests.get(guest).hang(false);
    }

    @Override
    public void endInNextChange(String guest) {
        guests.get(guest).loseNext(FakeQemu.Lose.END);
    }

    @Override
    public void loseNextAnswer(String guest, boolean done) {
        guests.get(guest).loseNext(done ? FakeQemu.Lose.DONE : FakeQemu.Lose.NOT_DONE);
    }

    @Override
    public void refuseNextAttach(String guest, String text) {
        guests.get(guest).with(machine -> machine.refuseNextAttach(text));
    }

    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        String match = switch (how) {
            case NAMED ->
                "\"id\": \"byhand" + device.address().device() + "\", \"hostbus\": "
                        + device.address().bus() + ", \"hostaddr\": "
                        + device.address().device();
            case ANONYMOUS -> "\"hostdevice\": \"" + HostMatch.node(device.address()) + "\"";
            case REMATCHING -> "\"id\": \"match\", \"vendorid\": " + device.id().vendor();
        };
        guests.get(guest)
                .byHand(
                        "device_add",
                        "{\"driver\": \"usb-host\", \"bus\": \"" + port.controller() + "\", \"port\": \""
                                + port.number() + "\", " + match + "}");
    }

    @Override
    public void detachByHand(String guest, Attachment attachment) {
        guests.get(guest).byHand("device_del", "{\"id\": \"" + attachment.handle() + "\"}");
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        guests.get(guest)
                .byHand(
                        "device_add",
                        "{\"driver\": \"usb-kbd\", \"bus\": \"" + port.controller() + "\", \"port\": \"" + port.number()
                                + "\"}");
    }

    @Override
    public void fillRoom(String guest) {
        guests.get(guest).with(FakeMachine::full);
    }

    @Override
    public void noticeLoss(String guest, Attachment attachment) {
        guests.get(guest).with(machine -> machine.setAttached(attachment.handle(), false));
    }

    @Override
    public void setNodeOpen(UsbDevice device, boolean open) {
        host.setNodeOpen(device, open);
    }

    @Override
    public void close() {
        guests.values().forEach(FakeQemu::close);
        FakeUsbHost.delete(root);
    }
}
