package io.autousb.cli.demo;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.runtime.EngineEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the demonstration showed what it is to show. Thread-safe. */
final class DemoCheck {

    private static final List<Class<? extends EngineEvent>> TO_BE_SEEN = List.of(
            EngineEvent.Attached.class,
            EngineEvent.Cleared.class,
            EngineEvent.GuestRestarted.class,
            EngineEvent.StepFailed.class,
            EngineEvent.ControllerAdded.class);

    private final Map<Class<?>, Integer> seen = new HashMap<>();

    synchronized void after(EngineEvent event) {
        if (event instanceof EngineEvent.StepFailed failed && failed.cause().retry() == Retry.NOW) {
            return;
        }
        seen.merge(event.getClass(), 1, Integer::sum);
    }

    /** What is amiss at the end; nothing, if all went well. */
    synchronized List<String> complaints(PortPath hub, HostTopology host, Optional<GuestInspection> guest) {
        List<String> complaints = new ArrayList<>();
        for (Class<? extends EngineEvent> event : TO_BE_SEEN) {
            if (!seen.containsKey(event)) {
                complaints.add("nothing of the kind " + event.getSimpleName() + " has happened");
            }
        }
        Set<DeviceAddress> held = guest.map(GuestInspection::attachments).orElse(List.of()).stream()
                .map(Attachment::address)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        for (UsbDevice device : host.devices()) {
            boolean wanted = hub.contains(device.path());
            if (wanted != held.remove(device.address())) {
                complaints.add(device + (wanted ? " is not in the guest" : " is in the guest"));
            }
        }
        held.forEach(address -> complaints.add("the guest has " + address + ", which the host has not"));
        return complaints;
    }

    /** What happened, in a few words. */
    synchronized String summary() {
        return count(EngineEvent.Attached.class) + " attached, " + count(EngineEvent.Cleared.class) + " detached, "
                + count(EngineEvent.StepFailed.class) + " failed and tried again";
    }

    private int count(Class<?> event) {
        return seen.getOrDefault(event, 0);
    }
}
