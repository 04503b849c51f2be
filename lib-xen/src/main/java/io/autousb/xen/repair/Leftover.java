package io.autousb.xen.repair;

import io.autousb.domain.model.PortPath;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPortId;
import java.util.List;
import java.util.Optional;

/**
 * Something that is left over.
 *
 * @param guest the guest whose domain it is in
 * @param kind what it is
 * @param emulated whether the guest's device model has a part in it, and is to be asked first
 * @param text what and on which port, for a person, safe to print; the same as long as it is there
 * @param cures what to do, in this order; none of it does harm if it has been done already
 */
public record Leftover(XenGuest guest, Kind kind, boolean emulated, String text, List<Cure> cures) {

    /** Copies the list. */
    public Leftover {
        cures = List.copyOf(cures);
    }

    /** What stays the same as long as it is there. */
    String key() {
        return kind + " " + text;
    }

    /** What can be left over. */
    public enum Kind {
        /** The port names a device that the host does not have: it keeps {@code xl usbdev-attach} from working. */
        DEAD_PORT(false),
        /** The port names a device that was plugged in anew; the device model has the one before. */
        REPLUGGED_PORT(false),
        /** The port names a device that the device model does not have. */
        EMPTY_PORT(true),
        /** The controller is in xenstore, and not in the device model. */
        GHOST_CONTROLLER(true),
        /** The device model has a device that is gone from the host, or is ours, and no port names it. */
        LOST_OBJECT(true),
        /** A mark of ours whose attachment is gone. */
        STALE_MARK(true);

        private final boolean transitional;

        Kind(boolean transitional) {
            this.transitional = transitional;
        }

        /**
         * Whether it looks the same while libxl, or this program, is at work: then it is left over only if it stays.
         *
         * @return true if it is to be left alone at first
         */
        public boolean isTransitional() {
            return transitional;
        }
    }

    /** Something to do. */
    public sealed interface Cure {

        /**
         * Delete an object of the device model.
         *
         * @param id its id
         */
        record DeleteObject(String id) implements Cure {}

        /**
         * Clear a port.
         *
         * @param port the port
         * @param device what it holds
         * @param mark its mark, as seen
         */
        record ClearPort(VusbPortId port, PortPath device, Optional<AttachmentMark> mark) implements Cure {}

        /**
         * Remove a mark.
         *
         * @param port its port
         * @param mark the mark
         */
        record Forget(VusbPortId port, AttachmentMark mark) implements Cure {}

        /**
         * Remove a controller from xenstore.
         *
         * @param controller the controller, as seen
         */
        record RemoveController(VusbController controller) implements Cure {}
    }
}
