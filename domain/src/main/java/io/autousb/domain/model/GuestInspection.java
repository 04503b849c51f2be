package io.autousb.domain.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a hypervisor answers about one guest at one time.
 *
 * @param guest the guest, with its instance and state at that time
 * @param controllers its virtual USB controllers
 * @param attachments the host devices passed through to it, whoever did it
 */
public record GuestInspection(Guest guest, List<GuestController> controllers, List<Attachment> attachments) {

    /** Copies the lists. */
    public GuestInspection {
        controllers = List.copyOf(controllers);
        attachments = List.copyOf(attachments);
    }

    /**
     * What it would be with one attachment more.
     *
     * @param attachment the attachment, on a port of its own
     * @return a copy
     */
    public GuestInspection plus(Attachment attachment) {
        List<Attachment> more = new ArrayList<>(attachments);
        more.add(attachment);
        return new GuestInspection(guest, withPort(attachment.port(), false), more);
    }

    /**
     * What it would be without an attachment.
     *
     * @param attachment the attachment, told by its handle
     * @return a copy
     */
    public GuestInspection minus(Attachment attachment) {
        List<Attachment> fewer = attachments.stream()
                .filter(other -> !other.handle().equals(attachment.handle()))
                .toList();
        return new GuestInspection(guest, withPort(attachment.port(), true), fewer);
    }

    private List<GuestController> withPort(Optional<GuestPort> changed, boolean free) {
        if (changed.isEmpty()) {
            return controllers;
        }
        return controllers.stream()
                .map(controller -> new GuestController(
                        controller.id(),
                        controller.usbVersion(),
                        controller.ports().stream()
                                .map(port -> port.isSamePort(changed.get())
                                        ? new GuestPort(port.controller(), port.number(), port.speeds(), free)
                                        : port)
                                .toList()))
                .toList();
    }
}
