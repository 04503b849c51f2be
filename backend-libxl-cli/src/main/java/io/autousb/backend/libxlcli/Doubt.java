package io.autousb.backend.libxlcli;

import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbPortId;

/** A change that may be done, half done or not done: its {@code xl} was cut off, or libxl had no answer. */
sealed interface Doubt {

    /**
     * An attachment that was being made or taken away.
     *
     * @param port where
     * @param mark what
     */
    record Place(VusbPortId port, AttachmentMark mark) implements Doubt {}

    /**
     * A controller that was being made.
     *
     * @param devid its number
     */
    record Controller(int devid) implements Doubt {}
}
