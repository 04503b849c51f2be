package io.autousb.backend.qmp;

import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbLedger;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds a controller to a guest of Xen as libxl would ({@code libxl__device_usbctrl_add_hvm}): into xenstore first, then
 * into QEMU. Warns once in a guest's life of what that means for {@code xl save}.
 */
final class XenControllerAdder {

    private static final Logger LOG = LoggerFactory.getLogger(XenControllerAdder.class);
    private static final String AVOID = "device_model_args_hvm=[\"-device\",\"qemu-xhci,id=usbports,p2=15,p3=15\"]";

    private final VusbLedger ledger;
    private final LedgerNotes notes;
    private final Rollback rollback;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    XenControllerAdder(VusbLedger ledger, LedgerNotes notes, Rollback rollback) {
        this.ledger = ledger;
        this.notes = notes;
        this.rollback = rollback;
    }

    void add(XenGuest guest, MonitorLink link, AddControllerRequest request, Deadline deadline) {
        VusbController controller = ledger.addController(guest, request.usbVersion(), deadline);
        notes.put(guest, controller);
        try {
            link.execute(command(controller), deadline);
        } catch (QmpErrorException e) {
            rollback.remove(guest, controller);
            throw refused(guest, e);
        } catch (BackendException e) {
            if (!e.outcomeUnknown()) {
                rollback.remove(guest, controller);
            }
            throw e;
        }
        notes.remove(guest, controller);
        warn(guest);
    }

    private static QmpCommand command(VusbController controller) {
        QmpCommand.Builder command = QmpCommand.change("device_add")
                .with("driver", driver(controller.usbVersion()))
                .with("id", VusbController.objectId(controller.devid()));
        if (controller.usbVersion() == 3) {
            int ports = controller.ports().size();
            command.with("p2", ports).with("p3", ports);
        }
        return command.build();
    }

    private static String driver(int usbVersion) {
        return switch (usbVersion) {
            case 1 -> "piix3-usb-uhci";
            case 2 -> "usb-ehci";
            default -> "nec-usb-xhci";
        };
    }

    private static BackendException refused(XenGuest guest, QmpErrorException e) {
        boolean later = e.description().raw().contains("migrat");
        return later
                ? QmpFailures.refusal(e, guest, BackendException.REFUSED, Retry.ON_CHANGE, "")
                : QmpFailures.refusal(
                        e, guest, BackendException.NO_ROOM, Retry.NEVER, "start the guest with one: " + AVOID);
    }

    private void warn(XenGuest guest) {
        if (warned.add(guest.instance())) {
            LOG.warn(
                    "{} was given a USB controller, and cannot be restored after xl save any more (as with usbctrl in its"
                            + " configuration): to avoid that, start it with {}",
                    guest,
                    AVOID);
        }
    }

    /** Forgets all other lives. */
    void retain(Collection<String> instances) {
        warned.retainAll(instances);
    }
}
