package io.autousb.xen.repair;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpEvent;
import io.autousb.qmp.QmpListener;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.LibxlMonitor;
import io.autousb.xen.monitor.LibxlSessions;
import java.nio.file.Path;

/** Speaks to device models by libxl's own monitors, in turn with libxl. Thread-safe. */
public final class LibxlDeviceModels implements DeviceModels {

    private final LibxlSessions sessions;

    /**
     * Waits for turns there.
     *
     * @param monitor libxl's monitors
     * @param root the root folder below which {@code /proc} is looked for
     */
    public LibxlDeviceModels(LibxlMonitor monitor, Path root) {
        this.sessions = new LibxlSessions(monitor, root);
    }

    @Override
    public Session open(XenGuest guest, Deadline deadline) {
        LibxlSessions.LibxlSession session = sessions.open(guest, deadline.remaining(), new Deaf(), deadline);
        return new QmpObjects(session.session(), session.where(), session::close);
    }

    /** A short session asks; it needs not be told. */
    private static final class Deaf implements QmpListener {
        @Override
        public void event(QmpEvent event) {
            // Objects are looked at instead.
        }

        @Override
        public void ended(BackendException why) {
            // The next command says so.
        }
    }
}
