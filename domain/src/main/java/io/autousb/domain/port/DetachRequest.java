package io.autousb.domain.port;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import java.time.Duration;

/**
 * A wish to take something away from a guest.
 *
 * @param guest the guest, as last seen
 * @param attachment what to take away, as an inspection or an attach returned it
 * @param devicePresent whether the host still has the device; some hypervisors need another way if not
 * @param timeout how long it may take
 */
public record DetachRequest(Guest guest, Attachment attachment, boolean devicePresent, Duration timeout) {}
