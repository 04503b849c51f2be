package io.autousb.backend.qmp;

import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adds a controller: into a free {@code pcie-root-port} if there is one, else where QEMU puts it by
 * itself, which works on machines with a plain PCI bus.
 *
 * <p>A root port that is taken does not refuse a second device: it puts it where no guest ever looks. So
 * what is free is looked up, never found out by trying.
 */
final class ControllerAdder {

    private static final Set<String> ROOT_PORTS = Set.of("pcie-root-port", "ioh3420", "xio3130-downstream");
    private static final String ID = "autousb-xhci-";

    private final MonitorLink link;
    private final Deadline deadline;
    private final Qom qom;

    private ControllerAdder(MonitorLink link, Deadline deadline) {
        this.link = link;
        this.deadline = deadline;
        this.qom = link.qom(deadline);
    }

    static void add(MonitorLink link, AddControllerRequest request) {
        if (request.usbVersion() == 1) {
            throw BackendException.of(
                            BackendException.UNSUPPORTED, "QEMU cannot add a USB 1 controller to a running guest")
                    .where(link.id())
                    .remedy("start QEMU with -device piix3-usb-uhci,id=usb, or use version 3")
                    .retry(Retry.NEVER)
                    .build();
        }
        try {
            new ControllerAdder(link, Deadline.after(request.timeout())).add(request.usbVersion());
        } catch (BackendException e) {
            // Whichever step it was that got no answer.
            throw e.is(BackendException.TIMEOUT) ? e.again().outcomeUnknown().build() : e;
        }
    }

    private void add(int usbVersion) {
        List<QomProperty> named = qom.list(Qom.NAMED);
        String id = freeId(named);
        QmpCommand.Builder command = usbVersion == 2
                ? QmpCommand.change("device_add").with("driver", "usb-ehci")
                : QmpCommand.change("device_add")
                        .with("driver", "qemu-xhci")
                        .with("p2", 15)
                        .with("p3", 15);
        command.with("id", id);
        freeRootPort(named).ifPresent(bus -> command.with("bus", bus));
        try {
            link.execute(command.build(), deadline);
        } catch (QmpErrorException e) {
            throw refused(e, usbVersion);
        }
        if (!isShown(id)) {
            throw BackendException.of(BackendException.PROTOCOL, "QEMU added a controller that does not show")
                    .where(link.id())
                    .outcomeUnknown()
                    .build();
        }
    }

    private boolean isShown(String id) {
        try {
            return qom.list(Qom.NAMED + "/" + id).stream().anyMatch(property -> property.isChild("usb-bus"));
        } catch (BackendException e) {
            throw e.is(BackendException.GUEST_GONE)
                    ? e
                    : e.again().outcomeUnknown().build();
        }
    }

    private static String freeId(List<QomProperty> named) {
        Set<String> used = named.stream().map(QomProperty::name).collect(Collectors.toSet());
        int number = 0;
        while (used.contains(ID + number)) {
            number++;
        }
        return ID + number;
    }

    private Optional<String> freeRootPort(List<QomProperty> named) {
        return freeRootPort(Qom.NAMED, named).or(() -> freeRootPort(Qom.ANONYMOUS, qom.list(Qom.ANONYMOUS)));
    }

    private Optional<String> freeRootPort(String container, List<QomProperty> objects) {
        return objects.stream()
                .filter(object -> object.child().filter(ROOT_PORTS::contains).isPresent())
                .map(object -> container + "/" + object.name())
                .flatMap(port -> freeBus(port).stream())
                .findFirst();
    }

    /**
     * The bus of a root port, by its name, if nothing is on it. One that is named like the machine's own
     * bus, as that of the first port without an id, cannot be told to {@code device_add}.
     */
    private Optional<String> freeBus(String port) {
        return qom.list(port).stream()
                .filter(property -> property.isChild("PCIE"))
                .map(QomProperty::name)
                .filter(bus -> !bus.equals("pcie.0"))
                .filter(bus -> qom.list(port + "/" + bus).stream().noneMatch(QomProperty::isOnBus))
                .filter(bus -> qom.flag(port, "hotplug"))
                .findFirst();
    }

    private BackendException refused(QmpErrorException e, int usbVersion) {
        if (e.description().raw().toLowerCase(Locale.ROOT).contains("migrat")) {
            return QmpFailures.refusal(e, link.id(), BackendException.REFUSED, Retry.ON_CHANGE, "");
        }
        String line = usbVersion == 2 ? "-device usb-ehci,id=usb" : "-device qemu-xhci,id=usb,p2=15,p3=15";
        return QmpFailures.refusal(
                e,
                link.id(),
                BackendException.NO_ROOM,
                Retry.NEVER,
                "start QEMU with " + line
                        + ", or with room for one more: -device pcie-root-port,id=usbport,chassis=99");
    }
}
