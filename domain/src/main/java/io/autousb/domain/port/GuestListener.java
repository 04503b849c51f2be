package io.autousb.domain.port;

import io.autousb.domain.model.GuestId;

/**
 * Is told that guests may have changed. Both methods may be called from any thread, spuriously and
 * often, and return at once.
 */
public interface GuestListener {

    /** Guests may have come, gone, restarted or changed state: {@link Hypervisor#guests} tells. */
    void guestsChanged();

    /**
     * A guest's controllers or attachments may have changed: {@link Hypervisor#inspect} tells.
     *
     * @param guest which guest
     */
    void attachmentsChanged(GuestId guest);
}
