package io.autousb.xen.monitor;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpListener;
import io.autousb.qmp.QmpSession;
import io.autousb.xen.guest.XenGuest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;

/** Short sessions on libxl's own monitors, in turn with libxl. Thread-safe. */
public final class LibxlSessions {

    private final LibxlMonitor monitor;
    private final DeviceModelProcess processes;

    /**
     * Waits for turns there.
     *
     * @param monitor libxl's monitors
     * @param root the root folder below which {@code /proc} is looked for
     */
    public LibxlSessions(LibxlMonitor monitor, Path root) {
        this.monitor = monitor;
        this.processes = new DeviceModelProcess(root);
    }

    /**
     * A session, and the turn that it was begun in.
     *
     * @param session the session
     * @param where the socket, safe to print
     * @param turn the turn
     */
    public record LibxlSession(QmpSession session, UntrustedText where, LibxlMonitor.Turn turn)
            implements AutoCloseable {
        /** Ends the session, and lets others have the monitor. Idempotent; does not fail. */
        @Override
        public void close() {
            session.close();
            turn.close();
        }
    }

    /**
     * Waits for a turn, and begins a session.
     *
     * @param guest an HVM guest with a running QEMU
     * @param greeting how long the monitor may be silent, once there is a turn, before it counts as held by a client
     *     that does not care for libxl's lock
     * @param listener is told of events
     * @param deadline by when
     * @return the session, to be closed soon
     * @throws BackendException as {@link LibxlMonitor#take}; {@code GUEST_GONE} if its QEMU has ended for good; {@code
     *     BUSY} if another client has the monitor; otherwise if it cannot be spoken to
     */
    public LibxlSession open(XenGuest guest, Duration greeting, QmpListener listener, Deadline deadline) {
        return begin(monitor.take(guest, deadline), guest, greeting, listener, deadline);
    }

    /**
     * Begins a session, as {@link #open} does.
     *
     * @param turn whose turn it is; closed with the session, or if this fails
     * @param guest as for {@link #open}
     * @param greeting as for {@link #open}
     * @param listener as for {@link #open}
     * @param deadline as for {@link #open}
     * @return as {@link #open}
     * @throws BackendException as {@link #open}, for other reasons than the lock
     */
    public LibxlSession begin(
            LibxlMonitor.Turn turn, XenGuest guest, Duration greeting, QmpListener listener, Deadline deadline) {
        boolean kept = false;
        try {
            UntrustedText where = UntrustedText.of(turn.socket().toString());
            Duration left = deadline.remaining();
            QmpSession session = QmpSession.open(
                    connect(guest, turn.socket(), deadline),
                    where,
                    left.compareTo(greeting) < 0 ? left : greeting,
                    listener);
            kept = true;
            return new LibxlSession(session, where, turn);
        } finally {
            if (!kept) {
                turn.close();
            }
        }
    }

    private UnixSocketConnection connect(XenGuest guest, Path socket, Deadline deadline) {
        try {
            return UnixSocketConnection.connect(socket, deadline.remaining());
        } catch (AccessDeniedException e) {
            throw failure(BackendException.NO_PERMISSION, "no permission to use libxl's monitor", socket, e)
                    .remedy("run this as root")
                    .build();
        } catch (SocketTimeoutException e) {
            throw failure(BackendException.BUSY, "libxl's monitor is busy: other clients queue for it", socket, e)
                    .remedy("end the other clients, or give them a monitor of their own with device_model_args_hvm")
                    .build();
        } catch (ConnectException e) {
            throw processes.hasEnded(guest)
                    ? failure(BackendException.GUEST_GONE, "the guest's QEMU has ended", socket, e)
                            .retry(BackendException.Retry.ON_CHANGE)
                            .build()
                    : unusable(socket, e);
        } catch (IOException e) {
            throw unusable(socket, e);
        }
    }

    private static BackendException unusable(Path socket, IOException cause) {
        return failure(BackendException.IO, "libxl's monitor cannot be used", socket, cause)
                .build();
    }

    private static BackendException.Builder failure(String code, String what, Path socket, Throwable cause) {
        return BackendException.of(code, what)
                .where(UntrustedText.of(socket.toString()))
                .cause(cause);
    }
}
