package io.autousb.domain.port;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import java.time.Duration;

/**
 * A wish for a device in a guest.
 *
 * @param guest the guest, as last seen; if another instance of it answers, the attach fails with {@link
 *     BackendException#GUEST_GONE}
 * @param device the host's device, as last seen
 * @param port the guest's port to use
 * @param timeout how long it may take
 */
public record AttachRequest(Guest guest, UsbDevice device, GuestPort port, Duration timeout) {}
