package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Attaches one device. */
final class Attacher {

    /** As long as any change: to lose the connection would cost more than to wait. */
    private static final Duration TAKING_BACK = Duration.ofSeconds(10);

    private final HostDevices host;

    Attacher(HostDevices host) {
        this.host = host;
    }

    /** Attaches it under an id that marks it as ours. */
    Attachment attach(MonitorLink link, AttachRequest request, Deadline deadline) {
        return attach(link, request, mark(request), deadline);
    }

    private static String mark(AttachRequest request) {
        UsbDevice device = request.device();
        return new AttachmentId(device.path(), device.generation()).toString();
    }

    /** Attaches it under any id. */
    Attachment attach(MonitorLink link, AttachRequest request, String id, Deadline deadline) {
        UsbDevice device = request.device();
        requireThere(device);
        if (host.isBeingReset(device)) {
            throw BackendException.of(
                            BackendException.NOT_READY, "the kernel resets the device, and QEMU would wait for it")
                    .where(device)
                    .retry(Retry.BACK_OFF)
                    .build();
        }
        if (!mayOpen(link, device)) {
            throw BackendException.of(
                            BackendException.NOT_READY, "QEMU is not root, and udev has yet to set the device's rights")
                    .where(device)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
        try {
            link.execute(command(link, request, id), deadline);
        } catch (QmpErrorException e) {
            throw refused(link, request, e);
        }
        UsbObject made = new UsbObject(Qom.NAMED + "/" + id, "", match(link, device));
        return Attachments.of(link.id(), made, request.port().occupied(), true);
    }

    /** udev has yet to give the device to a QEMU that is not root. */
    private static boolean mayOpen(MonitorLink link, UsbDevice device) {
        return device.initialized() || link.instance().isRoot();
    }

    /** Lets QEMU read early what is likely to be executed next; with nothing to attach, takes that back. */
    void prepare(MonitorLink link, List<AttachRequest> requests) {
        prepare(link, requests, Attacher::mark);
    }

    /** As above, under any ids. */
    void prepare(MonitorLink link, List<AttachRequest> requests, Function<AttachRequest, String> ids) {
        Deadline patient = Deadline.after(TAKING_BACK);
        Optional<AttachRequest> next = requests.stream()
                .filter(request -> mayOpen(link, request.device()))
                .findFirst();
        if (next.isEmpty()) {
            link.withdraw(patient);
        } else {
            link.draft(command(link, next.get(), ids.apply(next.get())), patient);
        }
    }

    boolean isThere(UsbDevice device) {
        return host.isThere(device);
    }

    /** A last look at the host. */
    void requireThere(UsbDevice device) {
        if (!isThere(device)) {
            throw BackendException.of(BackendException.DEVICE_GONE, "the device is not there any more")
                    .where(device)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
    }

    private static QmpCommand command(MonitorLink link, AttachRequest request, String id) {
        GuestPort port = request.port();
        QmpCommand.Builder command = QmpCommand.change("device_add")
                .with("driver", "usb-host")
                .with("id", id)
                .with("bus", port.controller())
                .with("port", Integer.toString(port.number()));
        HostMatch match = match(link, request.device());
        if (match.hostdevice().isEmpty()) {
            command.with("hostbus", match.hostbus()).with("hostaddr", match.hostaddr());
        } else {
            command.with("hostdevice", match.hostdevice());
        }
        return command.build();
    }

    /** By the node, which needs no list of libusb's; both forms name this device and never another. */
    private static HostMatch match(MonitorLink link, UsbDevice device) {
        return link.knowsHostdevice()
                ? HostMatch.ofNode(HostMatch.node(device.address()))
                : new HostMatch("", device.address().bus(), device.address().device(), "", 0, 0);
    }

    private BackendException refused(MonitorLink link, AttachRequest request, QmpErrorException e) {
        BackendException failure =
                QmpFailures.attach(e, request.device(), request.device().initialized());
        if (failure.is(BackendException.PORT_BUSY)) {
            link.refused().add(request.port().controller(), request.port().number());
        } else if (!failure.is(BackendException.DUPLICATE)) {
            requireThere(request.device());
        }
        return failure;
    }
}
