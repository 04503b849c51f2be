package io.autousb.domain.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A snapshot of the host's USB. Immutable; two snapshots of the same state are equal.
 *
 * @param controllers the host controllers
 * @param hubs all hubs, root hubs included, ordered by place
 * @param devices all devices that are no hubs, ordered by place
 */
public record HostTopology(List<UsbController> controllers, List<Hub> hubs, List<UsbDevice> devices) {

    /** Nothing at all: a host without USB. */
    public static final HostTopology EMPTY = new HostTopology(List.of(), List.of(), List.of());

    /** Copies and orders the lists, and checks that no hub passes for a device. */
    public HostTopology {
        if (devices.stream().anyMatch(UsbDevice::isHub)) {
            throw new IllegalArgumentException("a hub is listed as a device");
        }
        controllers = controllers.stream()
                .sorted(Comparator.comparing(UsbController::name))
                .toList();
        hubs = hubs.stream().sorted(Comparator.comparing(Hub::path)).toList();
        devices = devices.stream().sorted(Comparator.comparing(UsbDevice::path)).toList();
    }

    /**
     * The device or hub at a place.
     *
     * @param path the place
     * @return what is plugged in there, or empty
     */
    public Optional<UsbDevice> at(PortPath path) {
        return all().stream().filter(device -> device.path().equals(path)).findFirst();
    }

    /**
     * All devices by address, hubs left out.
     *
     * @return a map from address to device
     */
    public Map<DeviceAddress, UsbDevice> byAddress() {
        return devices.stream()
                .collect(Collectors.toMap(UsbDevice::address, device -> device, (a, b) -> b, LinkedHashMap::new));
    }

    /**
     * The hub at a place.
     *
     * @param path the place
     * @return the hub, or empty
     */
    public Optional<Hub> hubAt(PortPath path) {
        return hubs.stream().filter(hub -> hub.path().equals(path)).findFirst();
    }

    /**
     * The other half of the same socket: the USB 3 peer of a USB 2 port, and the reverse, as the kernel has it. Where
     * there is no such port, because there is no hub, it is what that would be: below a hub, ports of one number are
     * peers (Linux {@code drivers/usb/core/port.c}, {@code find_and_link_peer}). A root hub is no socket and has none:
     * its bus is one half of a controller.
     *
     * @param path a place, whether or not something is plugged in
     * @return its peer, or empty if it has none or none is known
     */
    public Optional<PortPath> peer(PortPath path) {
        if (path.isRootHub()) {
            return Optional.empty();
        }
        Optional<PortPath> parent = path.parent();
        Optional<Port> port = parent.flatMap(this::hubAt).stream()
                .flatMap(hub -> hub.ports().stream())
                .filter(each -> each.path().equals(path))
                .findFirst();
        if (port.isPresent()) {
            return port.get().peer();
        }
        int number = path.chain().get(path.chain().size() - 1);
        return parent.flatMap(this::peer)
                .filter(hub -> hub.chain().size() < PortPath.MAX_DEPTH)
                .map(hub -> hub.child(number));
    }

    private Collection<UsbDevice> all() {
        return Stream.concat(hubs.stream().map(Hub::device), devices.stream()).toList();
    }
}
