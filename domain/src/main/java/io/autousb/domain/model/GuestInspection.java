package io.autousb.domain.model;

import java.util.List;

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
}
