package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;

/** One thing to do to one guest, and why. */
public sealed interface PlanStep {

    /**
     * The guest it is done to.
     *
     * @return the guest as last seen
     */
    Guest guest();

    /**
     * Why it is done.
     *
     * @return one line, safe to print
     */
    String reason();

    /**
     * Under what to count its failures.
     *
     * @return the key
     */
    FailureKey failureKey();

    /**
     * Give a device to the guest.
     *
     * @param guest the guest
     * @param device the device
     * @param port the guest's port to use
     * @param reason why
     */
    record Attach(Guest guest, UsbDevice device, GuestPort port, String reason) implements PlanStep {
        @Override
        public FailureKey failureKey() {
            return FailureKey.attach(guest, device.generation());
        }

        @Override
        public String toString() {
            return "attach " + device + " to " + guest + " on " + port + ": " + reason;
        }
    }

    /**
     * Take a device that the host still has away from the guest.
     *
     * @param guest the guest
     * @param attachment what to take away
     * @param device the device behind it
     * @param cure whether it is to be attached again, because it does not work as it is
     * @param reason why
     */
    record Detach(Guest guest, Attachment attachment, UsbDevice device, boolean cure, String reason)
            implements PlanStep {
        @Override
        public FailureKey failureKey() {
            return FailureKey.detach(guest, attachment);
        }

        /**
         * The stay of the device that is taken away.
         *
         * @return its generation
         */
        public Generation generation() {
            return device.generation();
        }

        @Override
        public String toString() {
            return "detach " + device + " from " + guest + ": " + reason;
        }
    }

    /**
     * Clear away what is left of a device that the host no longer has.
     *
     * @param guest the guest
     * @param attachment what is left
     * @param reason why
     */
    record ClearStale(Guest guest, Attachment attachment, String reason) implements PlanStep {
        @Override
        public FailureKey failureKey() {
            return FailureKey.detach(guest, attachment);
        }

        @Override
        public String toString() {
            return "clear " + attachment + " of " + guest + ": " + reason;
        }
    }

    /**
     * Make a virtual controller.
     *
     * @param guest the guest
     * @param usbVersion 1, 2 or 3
     * @param reason why
     */
    record AddController(Guest guest, int usbVersion, String reason) implements PlanStep {
        @Override
        public FailureKey failureKey() {
            return FailureKey.controller(guest);
        }

        @Override
        public String toString() {
            return "add a USB " + usbVersion + " controller to " + guest + ": " + reason;
        }
    }
}
