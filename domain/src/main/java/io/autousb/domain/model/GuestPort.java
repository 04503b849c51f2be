package io.autousb.domain.model;

import java.util.Set;

/**
 * A port of a guest's virtual controller.
 *
 * @param controller the controller's {@link GuestController#id}
 * @param number the port number, from 1
 * @param speeds the speeds of devices that fit
 * @param free whether nothing is plugged in
 */
public record GuestPort(String controller, int number, Set<UsbSpeed> speeds, boolean free) {

    /** Checks the number and copies the set. */
    public GuestPort {
        if (number < 1) {
            throw new IllegalArgumentException("ports are numbered from 1: " + number);
        }
        speeds = Set.copyOf(speeds);
    }

    /**
     * This port with something plugged in.
     *
     * @return a copy that is not free
     */
    public GuestPort occupied() {
        return new GuestPort(controller, number, speeds, false);
    }

    /**
     * Whether two values speak of the same port, whatever its state.
     *
     * @param other another port
     * @return true if controller and number are the same
     */
    public boolean isSamePort(GuestPort other) {
        return number == other.number && controller.equals(other.controller);
    }

    /** Controller and port for a person, safe to print. */
    @Override
    public String toString() {
        return UntrustedText.of(controller) + " port " + number;
    }
}
