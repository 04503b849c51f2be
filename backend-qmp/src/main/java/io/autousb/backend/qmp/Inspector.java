package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.linux.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one guest. */
final class Inspector {

    private final MonitorLink link;
    private final Qom qom;
    private final Deadline deadline;

    Inspector(MonitorLink link, Deadline deadline) {
        this.link = link;
        this.qom = link.qom(deadline);
        this.deadline = deadline;
    }

    /** The guest now, under its name. */
    GuestInspection inspect(String name) {
        Guest guest = new Guest(link.id(), name, link.instance().text(), link.status(deadline));
        MachineReader.Machine machine = new MachineReader(qom, link.cache(), link.knowsHostdevice()).read();
        List<GuestController> controllers = new ArrayList<>();
        List<Attachment> attachments = new ArrayList<>();
        for (Controller controller : machine.controllers()) {
            if (controller.hasBus()) {
                List<UsbObject> devices = machine.devices().getOrDefault(controller.path(), List.of());
                GuestController shown = PortLayout.of(
                        controller,
                        machine.controllers(),
                        devices,
                        link.refused().of(controller.bus()));
                controllers.add(shown);
                devices.stream()
                        .filter(device -> device.match() != null)
                        .map(device -> attachment(device, shown))
                        .forEach(attachments::add);
            }
        }
        return new GuestInspection(guest, controllers, attachments);
    }

    private Attachment attachment(UsbObject device, GuestController controller) {
        boolean connected = qom.flag(device.path(), "attached");
        return Attachments.of(link.id(), device, port(device, controller), connected);
    }

    private static @Nullable GuestPort port(UsbObject device, GuestController controller) {
        if (device.isBehindHub() || device.rootPort().isEmpty()) {
            return null;
        }
        int number = device.rootPort().getAsInt();
        return controller.ports().stream()
                .filter(port -> port.number() == number)
                .findFirst()
                .orElse(null);
    }
}
