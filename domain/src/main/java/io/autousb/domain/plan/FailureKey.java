package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;

/**
 * What failures are counted under: one kind of step, on one subject, in one life of a guest. A re-plugged
 * device and a restarted guest thus begin with a clean slate.
 *
 * @param guest which guest
 * @param instance which life of it
 * @param subject what was to be done to what
 */
public record FailureKey(GuestId guest, String instance, String subject) {

    /**
     * For attaches.
     *
     * @param guest which guest
     * @param device what is to be attached
     * @return the key
     */
    public static FailureKey attach(Guest guest, Generation device) {
        return of(guest, "attach " + device);
    }

    /**
     * For removals, whether or not the host still has the device.
     *
     * @param guest which guest
     * @param attachment what is to be removed
     * @return the key
     */
    public static FailureKey detach(Guest guest, Attachment attachment) {
        return of(guest, "detach " + attachment.handle());
    }

    /**
     * For controllers.
     *
     * @param guest which guest
     * @return the key
     */
    public static FailureKey controller(Guest guest) {
        return of(guest, "controller");
    }

    /**
     * For cures: each one counts, because one that has to be repeated does not work.
     *
     * @param guest which guest
     * @param device the device that was attached and did not work
     * @return the key
     */
    public static FailureKey cure(Guest guest, Generation device) {
        return of(guest, "cure " + device);
    }

    private static FailureKey of(Guest guest, String subject) {
        return new FailureKey(guest.id(), guest.instance(), subject);
    }
}
