package io.autousb.backend.qmp;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.xen.store.DomainEvent;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.XenstoreClient;
import io.autousb.xen.vusb.AttachmentMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The adapter with a {@link FakeXenstored}, and {@link FakeQemu}s for device models: what libxl does is done by this. The
 * device models have libxl's monitor only, or one of their own beside it.
 */
final class XenFixture implements HypervisorFixture {

    static final int PORTS = 15;

    private final Path root = Files.createTempDirectory("xen");
    private final boolean dedicated;
    private final FakeUsbHost host = new FakeUsbHost(root);
    private final FakeXenstored xenstored = new FakeXenstored(root, FakeXenstored.Manners.OCAML);
    private final Map<String, Domain> domains = new ConcurrentHashMap<>();
    private final AtomicInteger lastDomid = new AtomicInteger();

    /** A guest that runs. */
    record Domain(int domid, UUID uuid, FakeQemu qemu) {
        String node() {
            return "/local/domain/" + domid;
        }

        String libxl() {
            return "/libxl/" + domid;
        }

        String vusb() {
            return libxl() + "/device/vusb";
        }
    }

    /** With libxl's monitors only. */
    static XenFixture libxl() throws IOException {
        return new XenFixture(false);
    }

    /** With monitors of the guests' own, which the configuration names. */
    static XenFixture dedicated() throws IOException {
        return new XenFixture(true);
    }

    private XenFixture(boolean dedicated) throws IOException {
        this.dedicated = dedicated;
        Files.createDirectories(root.resolve("run/xen"));
        Files.createDirectories(root.resolve("var/lib/xen"));
        Path process = Files.createDirectories(
                root.resolve("proc/" + ProcessHandle.current().pid()));
        Files.writeString(process.resolve("stat"), "1 (q) S 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
    }

    Path root() {
        return root;
    }

    FakeXenstored xenstored() {
        return xenstored;
    }

    Domain domain(String guest) {
        return domains.get(guest);
    }

    FakeUsbHost host() {
        return host;
    }

    /** What libxl's ledger says of a port. */
    Optional<String> port(String guest, int number) {
        return xenstored.get(domain(guest).vusb() + "/0/port/" + number);
    }

    /** All that is kept of a guest's USB. */
    SortedMap<String, String> ledger(String guest) {
        SortedMap<String, String> all = xenstored.dump(domain(guest).vusb());
        all.putAll(xenstored.dump(domain(guest).libxl() + "/auto-usb-attach"));
        return all;
    }

    @Override
    public Set<HypervisorCapability> unsupported() {
        return dedicated
                ? EnumSet.of(HypervisorCapability.KEEPING_REBOOT)
                : EnumSet.of(
                        HypervisorCapability.KEEPING_REBOOT,
                        HypervisorCapability.GUEST_STATES,
                        HypervisorCapability.HANG_SHOWS);
    }

    @Override
    public Hypervisor open() {
        return new XenQmpHypervisor(
                () -> XenstoreClient.open(xenstored.address()), root, System::nanoTime, Duration.ofSeconds(5));
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(
                guest,
                dedicated ? Map.of("qmp-socket", root.resolve(guest + ".sock").toString()) : Map.of());
    }

    @Override
    public GuestSpec invalidSpec() {
        return new GuestSpec("alpha", Map.of("qmp-socket", "run/alpha.sock"));
    }

    private void put(String path, Object value) {
        xenstored.put(path, value.toString());
    }

    @Override
    public void start(String guest) {
        start(guest, "hvm");
    }

    void start(String guest, String type) {
        int domid = lastDomid.incrementAndGet();
        UUID uuid = new UUID(0x97ba20bb37854b1dL, guest.hashCode());
        String node = "/local/domain/" + domid;
        put(node + "/vm", "/vm/" + uuid);
        put(node + "/name", guest);
        put(node + "/control/shutdown", "");
        put("/vm/" + uuid + "/uuid", uuid);
        put("/libxl/" + domid + "/device", "");
        put("/libxl/" + domid + "/type", type);
        put("/libxl/" + domid + "/dm-version", "qemu_xen");
        put("/vm/" + uuid + "/start_time", "1795383260." + domid);
        put(node + "/domid", domid);
        xenstored.fire(DomainEvent.INTRODUCED);
        Path libxls = root.resolve("run/xen/qmp-libxl-" + domid);
        Path socket = dedicated ? root.resolve(guest + ".sock") : libxls;
        try {
            FakeQemu qemu = new FakeQemu(
                    socket, events -> new FakeMachine(events, host.closedNodes(), "nec-usb-xhci", "xenusb-0", PORTS));
            if (dedicated) {
                qemu.listen(libxls);
            }
            domains.put(guest, new Domain(domid, uuid, qemu));
            put(node + "/image/device-model-pid", ProcessHandle.current().pid());
            put("/local/domain/0/device-model/" + domid + "/state", "running");
            putController(guest, 0, PORTS);
            Files.createFile(configuration(domid, uuid));
            xenstored.fire(DomainEvent.INTRODUCED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where libxl keeps the configuration when a domain is made. */
    Path configuration(int domid, UUID uuid) {
        return root.resolve("var/lib/xen/userdata-d." + domid + "." + uuid + ".libxl-json");
    }

    void putController(String guest, int devid, int ports) {
        String node = domain(guest).vusb() + "/" + devid;
        put(node + "/type", "devicemodel");
        put(node + "/usb-ver", 3);
        put(node + "/num-ports", ports);
        put(node + "/port", "");
        for (int port = 1; port <= ports; port++) {
            put(node + "/port/" + port, "");
        }
    }

    @Override
    public void stop(String guest) {
        Domain domain = domains.remove(guest);
        xenstored.delete("/local/domain/0/device-model/" + domain.domid());
        domain.qemu().close();
        xenstored.delete("/vm/" + domain.uuid());
        xenstored.delete(domain.node());
        xenstored.delete(domain.libxl());
        try {
            Files.deleteIfExists(configuration(domain.domid(), domain.uuid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        xenstored.fire(DomainEvent.RELEASED);
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
        put(domain(guest).node() + "/control/shutdown", state == GuestState.TRANSIENT ? "suspend" : "");
        domain(guest).qemu().status(state == GuestState.PAUSED ? "paused" : "running");
    }

    /** Over libxl's monitor a session begins before the change does: one that does not begin changes nothing for sure. */
    @Override
    public void hang(String guest) {
        hang(domain(guest).qemu(), true);
    }

    @Override
    public void release(String guest) {
        hang(domain(guest).qemu(), false);
    }

    private void hang(FakeQemu qemu, boolean value) {
        if (dedicated) {
            qemu.hang(value);
        } else {
            qemu.hangAtChanges(value);
        }
    }

    @Override
    public void endInNextChange(String guest) {
        domain(guest).qemu().loseNext(FakeQemu.Lose.END);
    }

    @Override
    public void loseNextAnswer(String guest, boolean done) {
        domain(guest).qemu().loseNext(done ? FakeQemu.Lose.DONE : FakeQemu.Lose.NOT_DONE);
    }

    @Override
    public void refuseNextAttach(String guest, String text) {
        domain(guest).qemu().with(machine -> machine.refuseNextAttach(text));
    }

    /** As {@code xl usbdev-attach}: the port first. Without a name, or by match, at the monitor only. */
    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        DeviceAddress address = device.address();
        if (how == Foreign.NAMED) {
            put(portNode(guest, port), device.path());
        }
        String match = switch (how) {
            case NAMED ->
                "\"id\": \"" + AttachmentMark.handle(address) + "\", \"hostbus\": " + address.bus() + ", \"hostaddr\": "
                        + address.device();
            case ANONYMOUS -> "\"hostdevice\": \"" + HostMatch.node(address) + "\"";
            case REMATCHING -> "\"id\": \"match\", \"vendorid\": " + device.id().vendor();
        };
        domain(guest)
                .qemu()
                .byHand(
                        "device_add",
                        "{\"driver\": \"usb-host\", \"bus\": \"" + port.controller() + "\", \"port\": \""
                                + port.number() + "\", " + match + "}");
    }

    private String portNode(String guest, GuestPort port) {
        String devid = port.controller().replaceAll("xenusb-([0-9]+)\\.0", "$1");
        return domain(guest).vusb() + "/" + devid + "/port/" + port.number();
    }

    /** As {@code xl usbdev-detach}: the port first. */
    @Override
    public void detachByHand(String guest, Attachment attachment) {
        put(portNode(guest, attachment.port().orElseThrow()), "");
        domain(guest).qemu().byHand("device_del", "{\"id\": \"" + attachment.handle() + "\"}");
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        domain(guest)
                .qemu()
                .byHand(
                        "device_add",
                        "{\"driver\": \"usb-kbd\", \"bus\": \"" + port.controller() + "\", \"port\": \"" + port.number()
                                + "\"}");
    }

    @Override
    public void fillRoom(String guest) {
        domain(guest).qemu().with(FakeMachine::full);
    }

    @Override
    public void noticeLoss(String guest, Attachment attachment) {
        domain(guest).qemu().with(machine -> machine.setAttached(attachment.handle(), false));
    }

    @Override
    public void setNodeOpen(UsbDevice device, boolean open) {
        host.setNodeOpen(device, open);
    }

    /** What plain {@code xl} leaves when a device is pulled out: a port and an object. */
    @Override
    public void leaveBehind(String guest) {
        UsbDevice device = plug(Gadget.keyboard());
        attachByHand(guest, device, new GuestPort("xenusb-0.0", 1, Set.of(), true), Foreign.NAMED);
        unplug(device);
    }

    @Override
    public void close() {
        domains.values().forEach(domain -> domain.qemu().close());
        xenstored.close();
        FakeUsbHost.delete(root);
    }
}
