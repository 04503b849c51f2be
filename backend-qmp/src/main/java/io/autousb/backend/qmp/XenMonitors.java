package io.autousb.backend.qmp;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.monitor.DeviceModelProcess;
import io.autousb.xen.monitor.LibxlMonitor;
import io.autousb.xen.monitor.LibxlSessions;
import io.autousb.xen.monitor.LibxlSessions.LibxlSession;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.QmpObjects;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ways to the device models of Xen's guests: over the connection to a guest's own monitor while there is one, else in
 * short sessions on libxl's, in turn with libxl. Thread-safe.
 */
final class XenMonitors implements DeviceModels, AutoCloseable {

    /** How long to wait for libxl's lock before looking whether there is still a need. */
    private static final Duration TURN_PATIENCE = Duration.ofSeconds(1);

    private final XenHost xen;
    private final Path root;
    private final DedicatedLinks dedicated;
    private final Duration greetingTimeout;
    private final DeviceModelProcess processes;
    private final Map<String, Learnt> learnt = new ConcurrentHashMap<>();
    private final Set<LibxlSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** What stays true over all sessions of one life of a guest. */
    private record Learnt(boolean knowsHostdevice, @Nullable List<Controller> onboard) {}

    /**
     * A session, to be closed.
     *
     * @param link what to speak over, as that of the guest's domain
     * @param end what to do at the end
     */
    record Session(MonitorLink link, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    XenMonitors(XenHost xen, Path root, DedicatedLinks dedicated, Duration greetingTimeout) {
        this.xen = xen;
        this.root = root;
        this.dedicated = dedicated;
        this.greetingTimeout = greetingTimeout;
        this.processes = new DeviceModelProcess(root);
    }

    /**
     * Begins a session.
     *
     * @throws BackendException as {@link LibxlSessions#open}; nothing has been changed then
     */
    Session session(XenGuest guest, Deadline deadline) {
        XenLife life = new XenLife(guest, processes);
        return dedicated
                .link(guest, deadline)
                .map(link -> new Session(link.as(guest.id(), life), () -> {}))
                .orElseGet(() -> libxl(guest, life, deadline));
    }

    /** The connection to the guest's own monitor, if there is one at this moment. */
    Optional<MonitorLink> present(XenGuest guest) {
        return dedicated.present(guest).map(link -> link.as(guest.id(), new XenLife(guest, processes)));
    }

    private Session libxl(XenGuest guest, XenLife life, Deadline deadline) {
        MonitorEvents events = new MonitorEvents(guest.id(), new Deaf());
        LibxlSession session = open(guest, events, deadline);
        boolean kept = false;
        try {
            Learnt before = learnt.get(guest.instance());
            boolean knowsHostdevice = before == null
                    ? MonitorConnector.knowsHostdevice(session.session(), deadline)
                    : before.knowsHostdevice();
            if (before != null && before.onboard() != null) {
                events.cache.onboard(before.onboard());
            }
            MonitorLink link = new MonitorLink(
                    guest.id(),
                    life,
                    session.session(),
                    events.deletions,
                    events.cache,
                    events.refused,
                    knowsHostdevice);
            kept = true;
            return new Session(link, () -> {
                learnt.put(guest.instance(), new Learnt(knowsHostdevice, events.cache.onboard()));
                end(session);
            });
        } finally {
            if (!kept) {
                end(session);
            }
        }
    }

    private LibxlSession open(XenGuest guest, MonitorEvents events, Deadline deadline) {
        LibxlMonitor monitor = new LibxlMonitor(xen.store(), root);
        LibxlMonitor.Turn turn = take(monitor, guest, deadline);
        LibxlSession session = new LibxlSessions(monitor, root).begin(turn, guest, greetingTimeout, events, deadline);
        sessions.add(session);
        if (closed) {
            session.session().close();
        }
        return session;
    }

    /** In small portions: whoever closes this does not wait long for those that wait. */
    private LibxlMonitor.Turn take(LibxlMonitor monitor, XenGuest guest, Deadline deadline) {
        while (true) {
            requireOpen();
            Duration left = deadline.remaining();
            try {
                return monitor.take(guest, Deadline.after(left.compareTo(TURN_PATIENCE) < 0 ? left : TURN_PATIENCE));
            } catch (BackendException e) {
                if (!e.is(BackendException.BUSY) || deadline.remainingNanos() == 0) {
                    throw e;
                }
            }
        }
    }

    private void end(LibxlSession session) {
        sessions.remove(session);
        session.close();
    }

    /** The same for those who look for leftovers. */
    @Override
    public DeviceModels.Session open(XenGuest guest, Deadline deadline) {
        Session session = session(guest, deadline);
        return new QmpObjects(session.link().session(), guest, session::close);
    }

    /** Forgets all other lives. */
    void retain(Collection<String> instances) {
        learnt.keySet().retainAll(instances);
        dedicated.retain(instances);
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the hypervisor xen-qmp has been closed")
                    .retry(Retry.NEVER)
                    .build();
        }
    }

    /** Ends all sessions, and with them what is under way. */
    @Override
    public void close() {
        closed = true;
        sessions.forEach(session -> session.session().close());
        dedicated.close();
    }

    /** A short session asks; it needs not be told. */
    private static final class Deaf implements MonitorConnector.Observer {
        @Override
        public void sighted(GuestId id, String instance) {
            // It is known from xenstore.
        }

        @Override
        public void stateMayHaveChanged() {
            // It is looked at.
        }

        @Override
        public void attachmentsMayHaveChanged(GuestId id) {
            // They are looked at.
        }

        @Override
        public void ended(BackendException why) {
            // The next command says so.
        }
    }
}
