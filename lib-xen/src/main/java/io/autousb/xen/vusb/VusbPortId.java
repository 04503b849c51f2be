package io.autousb.xen.vusb;

/**
 * Which port of a guest.
 *
 * @param controller the controller's devid, from 0
 * @param number the port's number, from 1
 */
public record VusbPortId(int controller, int number) {

    /** Checks both numbers. */
    public VusbPortId {
        if (controller < 0 || number < 1) {
            throw new IllegalArgumentException("no port: controller " + controller + " port " + number);
        }
    }

    /** As {@code xl usbdev-detach} takes them, with words. */
    @Override
    public String toString() {
        return "controller " + controller + " port " + number;
    }
}
