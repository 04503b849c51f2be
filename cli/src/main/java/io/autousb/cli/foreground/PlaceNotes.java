package io.autousb.cli.foreground;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.policy.PortSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person should know about the hubs and ports that were named. */
final class PlaceNotes {

    private PlaceNotes() {}

    /** One line for each that is not there, or is not a hub. */
    static List<String> on(HostTopology topology, List<PortSelector> selectors) {
        List<String> notes = new ArrayList<>();
        for (PortSelector selector : selectors) {
            List<UsbDevice> present = selector.resolve(topology).stream()
                    .map(topology::at)
                    .flatMap(Optional::stream)
                    .toList();
            if (present.isEmpty()) {
                notes.add("hub " + selector + " is not there yet; waiting for it");
            } else if (present.stream().noneMatch(UsbDevice::isHub)) {
                notes.add(selector + " is a device, not a hub: it is taken as a port");
            }
        }
        return notes;
    }
}
