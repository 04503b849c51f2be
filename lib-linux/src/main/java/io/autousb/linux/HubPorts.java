package io.autousb.linux;

import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the ports of a hub (Linux {@code drivers/usb/core/port.c}). */
final class HubPorts {

    /** USB 3 hubs have 15 at most, USB 2 hubs 255; Linux takes 31 ({@code USB_MAXCHILDREN}). */
    private static final int MAX_PORTS = 31;

    private HubPorts() {}

    /**
     * Reads them.
     *
     * @param tree sysfs
     * @param hub the hub
     * @param hubInterface the name of its interface, whose folder has the ports
     * @return its ports, none while no driver runs it
     * @throws IOException if reading fails
     */
    static List<Port> read(SysfsTree tree, DeviceIdentity hub, String hubInterface) throws IOException {
        PortPath path = hub.path();
        int count = Math.min(MAX_PORTS, tree.number(hub.name(), "maxchild", 10));
        if (path.chain().size() >= PortPath.MAX_DEPTH) {
            return List.of();
        }
        List<Port> ports = new ArrayList<>(Math.max(0, count));
        for (int number = 1; number <= count; number++) {
            String folder = hubInterface + '/' + SysfsNames.portFolder(path, number);
            String peer = tree.linkName(folder, "peer");
            ports.add(new Port(path.child(number), peer == null ? Optional.empty() : SysfsNames.port(peer)));
        }
        return ports;
    }
}
