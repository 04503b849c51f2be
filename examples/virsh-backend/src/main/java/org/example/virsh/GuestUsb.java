package org.example.virsh;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbSpeed;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.example.virsh.DomainXml.UsbController;
import org.example.virsh.DomainXml.UsbHostdev;
import org.example.virsh.DomainXml.UsbPort;

/** What libvirt says of a guest, in the words of the model. Pure. */
final class GuestUsb {

    private static final Set<UsbSpeed> SLOW = EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL);
    private static final Set<UsbSpeed> ANY = EnumSet.complementOf(EnumSet.of(UsbSpeed.UNKNOWN));
    /** Of QEMU's controllers of version 3, unless the XML says otherwise. */
    private static final int XHCI_PORTS = 4;

    private GuestUsb() {}

    static GuestInspection inspection(Guest guest, DomainXml xml) {
        List<GuestController> controllers = xml.controllers().stream()
                .filter(controller -> version(controller) > 0)
                .map(controller -> controller(controller, xml.used()))
                .toList();
        List<Attachment> attachments = xml.hostdevs().stream()
                .map(hostdev -> attachment(guest.id(), hostdev, controllers))
                .toList();
        return new GuestInspection(guest, controllers, attachments);
    }

    /** The id is the index, which addresses name. */
    private static GuestController controller(UsbController controller, List<UsbPort> used) {
        int version = version(controller);
        String id = Integer.toString(controller.index());
        List<GuestPort> ports = IntStream.rangeClosed(1, ports(controller, version))
                .mapToObj(port -> new GuestPort(
                        id, port, speeds(version), !used.contains(new UsbPort(controller.index(), port))))
                .toList();
        return new GuestController(id, version, ports);
    }

    /** 0 for the companions of an EHCI controller, whose ports are that one's, and for what is none of QEMU's. */
    private static int version(UsbController controller) {
        return switch (controller.model()) {
            case "qemu-xhci", "nec-xhci" -> 3;
            case "ehci", "ich9-ehci1" -> 2;
            case "piix3-uhci", "piix4-uhci", "pci-ohci" -> 1;
            default -> 0;
        };
    }

    private static int ports(UsbController controller, int version) {
        return switch (version) {
            case 3 -> controller.ports().orElse(XHCI_PORTS);
            case 2 -> 6;
            default -> 2;
        };
    }

    private static Set<UsbSpeed> speeds(int version) {
        return switch (version) {
            case 3 -> ANY;
            case 2 -> EnumSet.of(UsbSpeed.HIGH);
            default -> SLOW;
        };
    }

    private static Attachment attachment(GuestId guest, UsbHostdev hostdev, List<GuestController> controllers) {
        Optional<Mark> mark = Mark.parse(hostdev.alias());
        return Attachment.builder(guest, hostdev.alias())
                .port(hostdev.port().flatMap(port -> find(controllers, port)).orElse(null))
                .address(hostdev.address().orElse(null))
                .path(mark.map(Mark::path).orElse(null))
                .generation(mark.map(Mark::generation).orElse(null))
                .ours(mark.isPresent())
                .build();
    }

    private static Optional<GuestPort> find(List<GuestController> controllers, UsbPort wanted) {
        return controllers.stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(port -> port.controller().equals(Integer.toString(wanted.bus())) && port.number() == wanted.port())
                .findFirst();
    }
}
