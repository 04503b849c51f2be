package io.autousb.backend.qmp;

import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.DeviceModelProcess;

/**
 * One life of a guest of Xen: its domain.
 *
 * @param guest the guest, whose device model runs as root
 * @param processes where to look for its device model
 */
record XenLife(XenGuest guest, DeviceModelProcess processes) implements GuestLife {

    @Override
    public String text() {
        return guest.instance();
    }

    @Override
    public boolean isAlive() {
        return !processes.hasEnded(guest);
    }

    @Override
    public boolean isRunning() {
        return isAlive();
    }

    @Override
    public boolean isRoot() {
        return true;
    }
}
