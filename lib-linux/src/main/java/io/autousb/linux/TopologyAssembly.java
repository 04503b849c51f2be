package io.autousb.linux;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sorts devices into hubs, others and the controllers of the root hubs. */
final class TopologyAssembly {

    private TopologyAssembly() {}

    /** The topology of devices that have all been built. */
    static HostTopology of(Collection<DeviceEntry> entries) {
        List<Hub> hubs = new ArrayList<>();
        List<UsbDevice> devices = new ArrayList<>();
        Map<String, List<Integer>> buses = new TreeMap<>();
        for (DeviceEntry entry : entries) {
            UsbDevice device = entry.device();
            if (device.isHub()) {
                hubs.add(new Hub(device, entry.ports()));
            } else {
                devices.add(device);
            }
            if (entry.controller.isPresent()) {
                buses.computeIfAbsent(entry.controller.get(), name -> new ArrayList<>())
                        .add(device.path().bus());
            }
        }
        List<UsbController> controllers = new ArrayList<>();
        buses.forEach((name, numbers) -> {
            numbers.sort(null);
            controllers.add(new UsbController(name, numbers));
        });
        return new HostTopology(controllers, hubs, devices);
    }
}
