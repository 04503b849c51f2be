package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a guest's QEMU has, in the light of what xenstore says of it. QEMU tells what is there; xenstore tells what is
 * ours, and which ports libxl takes for free. Pure.
 */
final class LedgerView {

    private static final int XHCI = 3;

    private LedgerView() {}

    /** Whether a bus is named as libxl names those of its controllers. */
    static boolean isLibxlBus(String bus) {
        return VusbController.devid(bus).isPresent();
    }

    /**
     * Both in one. A port is free if both say so. Libxl's controllers come first, each with its last port first: libxl takes
     * the first free one. Of others only an xHCI is used, which whoever wrote the guest's configuration has put there
     * for that: {@code -usb} and its like are for mice and tablets that are emulated.
     */
    static GuestInspection of(GuestInspection seen, VusbState ledger) {
        List<GuestController> first = new ArrayList<>();
        List<GuestController> others = new ArrayList<>();
        for (GuestController controller : seen.controllers()) {
            boolean known = ledger.controllers().stream()
                    .filter(each -> each.type() == VusbType.DEVICEMODEL)
                    .map(VusbController::bus)
                    .anyMatch(controller.id()::equals);
            if (known) {
                first.add(libxl(controller, ledger));
            } else {
                boolean used = controller.usbVersion() == XHCI && !isLibxlBus(controller.id());
                others.add(used ? controller : unused(controller));
            }
        }
        first.addAll(others);
        List<Attachment> attachments =
                seen.attachments().stream().map(each -> of(each, ledger)).toList();
        return new GuestInspection(seen.guest(), first, attachments);
    }

    private static GuestController libxl(GuestController controller, VusbState ledger) {
        List<GuestPort> ports = new ArrayList<>();
        for (GuestPort port : controller.ports()) {
            boolean usable = ledger.find(port)
                    .flatMap(ledger::port)
                    .filter(ledger::isUsable)
                    .isPresent();
            ports.add(port.free() && usable ? port : port.occupied());
        }
        Collections.reverse(ports);
        return new GuestController(controller.id(), controller.usbVersion(), ports);
    }

    private static GuestController unused(GuestController controller) {
        List<GuestPort> ports =
                controller.ports().stream().map(GuestPort::occupied).toList();
        return new GuestController(controller.id(), controller.usbVersion(), ports);
    }

    private static Attachment of(Attachment attachment, VusbState ledger) {
        return mark(attachment, ledger).map(mark -> marked(attachment, mark)).orElse(attachment);
    }

    /** The mark of an attachment, if it has one of ours. */
    static Optional<AttachmentMark> mark(Attachment attachment, VusbState ledger) {
        return attachment
                .port()
                .flatMap(ledger::find)
                .map(ledger.marks()::get)
                .filter(mark -> mark.handle().equals(attachment.handle()));
    }

    /** An attachment as its mark makes it. */
    static Attachment marked(Attachment attachment, AttachmentMark mark) {
        return Attachment.builder(attachment.guest(), attachment.handle())
                .port(attachment.port().orElse(null))
                .address(attachment.address().orElse(null))
                .path(mark.path())
                .generation(mark.generation())
                .ours(true)
                .match(attachment.match().orElse(null))
                .connected(attachment.connected())
                .build();
    }
}
