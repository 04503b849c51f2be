package io.autousb.domain.policy;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.UsbId;
import java.util.List;

/**
 * What one guest is to have.
 *
 * @param guest the guest's name
 * @param hubs hubs and ports: everything at or below them
 * @param devices devices, wherever they are plugged in
 * @param usbVersion the version of controllers that are made for it: 1, 2 or 3
 */
public record GuestWish(String guest, List<PortSelector> hubs, List<UsbId> devices, int usbVersion) {

    /** Checks the version and copies the lists. */
    public GuestWish {
        GuestController.requireVersion(usbVersion);
        hubs = List.copyOf(hubs);
        devices = List.copyOf(devices);
    }
}
