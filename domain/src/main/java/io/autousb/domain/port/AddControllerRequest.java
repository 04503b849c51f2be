package io.autousb.domain.port;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import java.time.Duration;

/**
 * A wish for one more virtual controller.
 *
 * @param guest the guest, as last seen
 * @param usbVersion 1, 2 or 3
 * @param timeout how long it may take
 */
public record AddControllerRequest(Guest guest, int usbVersion, Duration timeout) {

    /** Checks the version. */
    public AddControllerRequest {
        GuestController.requireVersion(usbVersion);
    }
}
