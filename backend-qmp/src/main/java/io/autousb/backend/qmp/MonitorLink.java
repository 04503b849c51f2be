package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import io.autousb.qmp.QmpSession;

/**
 * A session with one QEMU process, and what was learnt in it. Thread-safe.
 *
 * @param id the guest
 * @param instance which life of it
 * @param session the session
 * @param deletions devices that go
 * @param cache what need not be asked twice
 * @param refused ports that turned out to be in use
 * @param knowsHostdevice whether its {@code usb-host} takes a device's node
 */
record MonitorLink(
        GuestId id,
        GuestLife instance,
        QmpSession session,
        Deletions deletions,
        QomCache cache,
        RefusedPorts refused,
        boolean knowsHostdevice) {

    private static final QmpCommand QUERY_STATUS =
            QmpCommand.query("query-status").build();

    /**
     * Executes a command.
     *
     * @throws BackendException {@link BackendException#GUEST_GONE} if the process has ended, else as
     *     {@link QmpSession#execute}
     * @throws QmpErrorException if QEMU says no
     */
    JsonNode execute(QmpCommand command, Deadline deadline) {
        try {
            return session.execute(command, deadline);
        } catch (BackendException e) {
            if (e.is(BackendException.IO) && !instance.isAlive()) {
                throw gone(id, e);
            }
            throw e;
        }
    }

    /** Begins a command that is likely to be the next; see {@link QmpSession#draft}. */
    void draft(QmpCommand command, Deadline deadline) {
        boolean unused = session.draft(command, deadline);
    }

    /** Takes back what was begun. */
    void withdraw(Deadline deadline) {
        session.withdraw(deadline);
    }

    GuestState status(Deadline deadline) {
        try {
            return RunState.parse(execute(QUERY_STATUS, deadline).path("status").asText());
        } catch (QmpErrorException e) {
            return GuestState.UNKNOWN;
        }
    }

    /** The same session, where guest and life are told by something else than the socket. */
    MonitorLink as(GuestId guest, GuestLife life) {
        return new MonitorLink(guest, life, session, deletions, cache, refused, knowsHostdevice);
    }

    /** Ends the session, and the waiting for what it might have told. */
    void close() {
        session.close();
        deletions.end();
    }

    Qom qom(Deadline deadline) {
        return new Qom(command -> execute(command, deadline));
    }

    static BackendException gone(GuestId id) {
        return goneBuilder(id).build();
    }

    private static BackendException gone(GuestId id, BackendException cause) {
        return goneBuilder(id).cause(cause).build();
    }

    private static BackendException.Builder goneBuilder(GuestId id) {
        return BackendException.of(BackendException.GUEST_GONE, "the guest's QEMU is gone")
                .where(id)
                .retry(Retry.ON_CHANGE);
    }
}
