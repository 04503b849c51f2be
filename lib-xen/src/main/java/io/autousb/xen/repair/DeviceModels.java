package io.autousb.xen.repair;

import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import java.util.List;

/** The ways to device models, as an adapter has them. Thread-safe. */
@FunctionalInterface
public interface DeviceModels {

    /**
     * Begins a session.
     *
     * @param guest an HVM guest with a running QEMU
     * @param deadline by when
     * @return the session, to be closed
     * @throws io.autousb.domain.port.BackendException {@code GUEST_GONE} if its QEMU has ended for good, so that
     *     nothing is attached any more; otherwise if it cannot be spoken to
     */
    Session open(XenGuest guest, Deadline deadline);

    /** A short session with a device model. Used by one thread. */
    interface Session extends AutoCloseable {

        /**
         * What it has.
         *
         * @param deadline by when
         * @return all controllers with an id {@code xenusb-<devid>} and all {@code usb-host}s with an id, whoever
         *     added them
         * @throws io.autousb.domain.port.BackendException if it does not answer
         */
        List<UsbObject> objects(Deadline deadline);

        /**
         * Deletes an object ({@code device_del}), and returns when it is really gone. One that is gone already is a
         * success.
         *
         * @param id its id
         * @param deadline by when
         * @throws io.autousb.domain.port.BackendException if it is still there, or may be
         */
        void delete(String id, Deadline deadline);

        /** Ends the session, and with it the turn at the monitor. Does not fail. */
        @Override
        void close();
    }
}
