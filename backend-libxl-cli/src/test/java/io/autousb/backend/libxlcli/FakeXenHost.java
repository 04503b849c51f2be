package io.autousb.backend.libxlcli;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.store.DomainEvent;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.XenstoreClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** A Xen host in a folder: xenstored, sysfs, domains, and an {@code xl}. */
final class FakeXenHost implements AutoCloseable {

    static final int PORTS = 6;

    private final Path root = Files.createTempDirectory("xl");
    final FakeXenstored store = new FakeXenstored(root, FakeXenstored.Manners.OCAML);
    final FakeSysfs sysfs = new FakeSysfs(root);
    final FakeXl xl = new FakeXl(this);
    private final Map<Integer, FakeDomain> domains = new ConcurrentHashMap<>();
    private int lastDomid;

    FakeXenHost() throws IOException {}

    Path root() {
        return root;
    }

    /** The adapter, as after a start of the program. */
    LibxlCliHypervisor open() {
        return open(System::nanoTime);
    }

    LibxlCliHypervisor open(LongSupplier clock) {
        XenHost xen = new XenHost(() -> XenstoreClient.open(store.address()), root, clock, (spec, guest) -> true);
        return new LibxlCliHypervisor(xen, this::session, HostReader.of(root), xl, clock);
    }

    private DeviceModels.Session session(XenGuest guest, Deadline deadline) {
        FakeDomain domain = domains.get(guest.domid());
        if (domain == null) {
            throw BackendException.of(BackendException.GUEST_GONE, "its QEMU has ended")
                    .build();
        }
        if (!domain.hvm) {
            throw new IllegalStateException("a PV guest has no device model");
        }
        return domain.session(deadline);
    }

    // ---- domains

    /** Makes a domain with one controller. */
    FakeDomain create(String name, boolean hvm) {
        FakeDomain domain = createBare(name, hvm);
        controller(domain, 0, hvm ? 3 : 2, PORTS);
        domain.putController(0);
        return domain;
    }

    /** Makes a domain without a controller. */
    synchronized FakeDomain createBare(String name, boolean hvm) {
        int domid = ++lastDomid;
        UUID uuid = UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        FakeDomain domain = new FakeDomain(domid, uuid, name, hvm);
        domains.put(domid, domain);
        String node = "/local/domain/" + domid;
        store.put("/libxl/" + domid + "/device", "");
        store.put("/libxl/" + domid + "/type", hvm ? "hvm" : "pv");
        store.put("/libxl/" + domid + "/dm-version", "qemu_xen");
        store.put(node + "/vm", "/vm/" + uuid);
        store.put(node + "/name", name);
        store.put(node + "/control/shutdown", "");
        store.put("/vm/" + uuid + "/uuid", uuid.toString());
        store.put("/vm/" + uuid + "/start_time", "1795383260." + domid);
        if (hvm) {
            store.put("/local/domain/0/device-model/" + domid + "/state", "running");
        }
        store.put(node + "/domid", Integer.toString(domid));
        store.fire(DomainEvent.INTRODUCED);
        return domain;
    }

    /** Writes a controller into xenstore, as libxl does. */
    void controller(FakeDomain domain, int devid, int version, int ports) {
        String node = controllerNode(domain, devid);
        String base = domain.hvm ? node : backend(domain, devid);
        if (!domain.hvm) {
            store.put(node + "/backend", base);
            store.put(base + "/state", "4");
        }
        store.put(base + "/usb-ver", Integer.toString(version));
        store.put(base + "/num-ports", Integer.toString(ports));
        for (int port = 1; port <= ports; port++) {
            store.put(base + "/port/" + port, "");
        }
        store.put(node + "/type", domain.hvm ? "devicemodel" : "qusb");
    }

    private static String controllerNode(FakeDomain domain, int devid) {
        return "/libxl/" + domain.domid + "/device/vusb/" + devid;
    }

    private static String backend(FakeDomain domain, int devid) {
        return "/local/domain/0/backend/qusb/" + domain.domid + "/" + devid;
    }

    boolean hasController(FakeDomain domain, int devid) {
        return store.get(controllerNode(domain, devid) + "/type").isPresent();
    }

    void dropController(FakeDomain domain, int devid) {
        store.delete(controllerNode(domain, devid));
    }

    String portNode(FakeDomain domain, int devid, int port) {
        return (domain.hvm ? controllerNode(domain, devid) : backend(domain, devid)) + "/port/" + port;
    }

    /** What a port says, empty if there is no such port. */
    Optional<String> port(FakeDomain domain, int devid, int port) {
        return store.get(portNode(domain, devid, port));
    }

    /** All that this program noted of a domain, by path. */
    Map<String, String> marks(FakeDomain domain) {
        return store.dump("/libxl/" + domain.domid + "/auto-usb-attach");
    }

    /** As in the moment before the domain follows: xenstore does not say so yet. */
    void endDeviceModel(FakeDomain domain) {
        domains.remove(domain.domid);
    }

    void destroy(FakeDomain domain) {
        domains.remove(domain.domid);
        for (String node : new String[] {
            "/local/domain/0/device-model/" + domain.domid,
            "/local/domain/0/backend/qusb/" + domain.domid,
            "/local/domain/" + domain.domid,
            "/libxl/" + domain.domid
        }) {
            if (store.get(node).isPresent()) {
                store.delete(node);
            }
        }
        store.fire(DomainEvent.RELEASED);
    }

    Optional<FakeDomain> domain(int domid) {
        return Optional.ofNullable(domains.get(domid));
    }

    FakeDomain domain(String name) {
        return domains.values().stream()
                .filter(domain -> domain.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    Iterable<FakeDomain> domains() {
        return domains.values();
    }

    @Override
    public void close() {
        store.close();
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
