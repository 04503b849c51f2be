package io.autousb.xen.repair;

import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbState;
import java.util.List;
import java.util.Optional;

/**
 * What is observed of one guest.
 *
 * @param guest the guest
 * @param ledger what xenstore says
 * @param objects what its device model has; empty if it was not asked
 */
public record GuestUsb(XenGuest guest, VusbState ledger, Optional<List<UsbObject>> objects) {

    /** Copies the list. */
    public GuestUsb {
        objects = objects.map(List::copyOf);
    }
}
