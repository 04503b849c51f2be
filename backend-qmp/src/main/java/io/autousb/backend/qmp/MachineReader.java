package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads controllers and devices from QEMU's object tree. Never from {@code info usb}, which prints a
 * device's product string raw. Bounded, whatever QEMU answers.
 */
final class MachineReader {

    private static final int MAX_CONTROLLERS = 64;
    private static final int MAX_DEVICES = 256;
    private static final Pattern SOUTH_BRIDGE = Pattern.compile("PIIX[34]|piix[34]-isa|vt82");
    private static final String USB_BUS = "usb-bus";
    private static final String USB_HOST = "link<usb-host>";

    private final Qom qom;
    private final QomCache cache;
    private final boolean knowsHostdevice;

    MachineReader(Qom qom, QomCache cache, boolean knowsHostdevice) {
        this.qom = qom;
        this.cache = cache;
        this.knowsHostdevice = knowsHostdevice;
    }

    /** All controllers and what is on each one's bus, by the controller's path. */
    record Machine(List<Controller> controllers, Map<String, List<UsbObject>> devices) {}

    Machine read() {
        Map<String, Controller> controllers = new LinkedHashMap<>();
        collect(Qom.NAMED).forEach(each -> controllers.put(each.path(), each));
        collect(Qom.ANONYMOUS).forEach(each -> controllers.put(each.path(), each));
        Set<String> paths = new HashSet<>(controllers.keySet());
        onboard().forEach(each -> controllers.put(each.path(), each));
        Map<String, List<UsbObject>> devices = new HashMap<>();
        Set<String> entries = new HashSet<>();
        for (Controller controller : controllers.values()) {
            if (controller.hasBus()) {
                devices.put(controller.path(), devices(controller, entries));
            }
        }
        cache.retain(paths, entries);
        return new Machine(List.copyOf(controllers.values()), devices);
    }

    /**
     * What the board itself has cannot change. Newer QEMUs put the controller of a south bridge below it
     * (seen on machine {@code pc} of 10.0, not of 7.2).
     */
    private List<Controller> onboard() {
        List<Controller> known = cache.onboard();
        if (known == null) {
            List<QomProperty> board = qom.list(Qom.ONBOARD);
            List<Controller> found = new ArrayList<>(collect(Qom.ONBOARD, board));
            board.stream()
                    .filter(each ->
                            each.child().filter(MachineReader::isSouthBridge).isPresent())
                    .map(each -> Qom.ONBOARD + "/" + each.name())
                    .forEach(bridge -> found.addAll(collect(bridge)));
            known = List.copyOf(found);
            cache.onboard(known);
        }
        return known;
    }

    private static boolean isSouthBridge(String type) {
        return SOUTH_BRIDGE.matcher(type).lookingAt();
    }

    private List<Controller> collect(String container) {
        return collect(container, qom.list(container));
    }

    private List<Controller> collect(String container, List<QomProperty> objects) {
        List<Controller> found = new ArrayList<>();
        for (QomProperty each : objects) {
            ControllerKind kind = each.child().flatMap(ControllerKind::of).orElse(null);
            if (kind != null) {
                check(found.size(), MAX_CONTROLLERS, "USB controllers");
                Controller controller = controller(container + "/" + each.name(), kind);
                if (controller != null) {
                    found.add(controller);
                }
            }
        }
        return found;
    }

    private @Nullable Controller controller(String path, ControllerKind kind) {
        Controller known = cache.controller(path);
        if (known == null) {
            known = ask(path, kind);
            if (known != null) {
                cache.put(known);
            }
        }
        return known;
    }

    private @Nullable Controller ask(String path, ControllerKind kind) {
        List<QomProperty> properties = qom.list(path);
        String bus = properties.stream()
                .filter(property -> property.isChild(USB_BUS))
                .map(QomProperty::name)
                .findFirst()
                .orElse("");
        Controller controller = switch (kind) {
            case XHCI -> Controller.xhci(path, bus, qom.number(path, "p2"), qom.number(path, "p3"));
            case EHCI -> Controller.ehci(path, bus);
            case UHCI -> Controller.uhci(path, bus);
            case OHCI -> Controller.ohci(path, bus, qom.number(path, "num-ports"));
        };
        if (controller.hasBus()) {
            return controller;
        }
        String master = properties.isEmpty() ? "" : qom.text(path, "masterbus");
        return master.isEmpty() ? null : controller.lending(master, qom.number(path, "firstport"));
    }

    private List<UsbObject> devices(Controller controller, Set<String> entries) {
        List<UsbObject> devices = new ArrayList<>();
        String bus = controller.busPath();
        for (QomProperty each : qom.list(bus)) {
            if (each.isOnBus()) {
                check(devices.size(), MAX_DEVICES, "devices on a bus");
                String entry = bus + "/" + each.name();
                UsbObject device = cache.device(entry);
                if (device == null) {
                    device = askDevice(bus, each);
                }
                if (device != null) {
                    cache.put(entry, device);
                    entries.add(entry);
                    devices.add(device);
                }
            }
        }
        return devices;
    }

    private @Nullable UsbObject askDevice(String bus, QomProperty entry) {
        String path = qom.text(bus, entry.name());
        if (!path.startsWith("/")) {
            return null;
        }
        String port = qom.text(path, "port");
        return new UsbObject(path, port, entry.type().equals(USB_HOST) ? match(path) : null);
    }

    private HostMatch match(String path) {
        String hostdevice = knowsHostdevice ? qom.text(path, "hostdevice") : "";
        if (!hostdevice.isEmpty()) {
            return HostMatch.ofNode(hostdevice);
        }
        return new HostMatch(
                "",
                qom.number(path, "hostbus"),
                qom.number(path, "hostaddr"),
                qom.text(path, "hostport"),
                qom.number(path, "vendorid"),
                qom.number(path, "productid"));
    }

    private static void check(int count, int limit, String what) {
        if (count >= limit) {
            throw BackendException.of(BackendException.PROTOCOL, "QEMU speaks of more than " + limit + " " + what)
                    .build();
        }
    }
}
