package io.autousb.xen.repair;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpEvent;
import io.autousb.qmp.QmpListener;
import io.autousb.qmp.QmpSession;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.LibxlMonitor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Speaks to device models by libxl's own monitors, in turn with libxl. Thread-safe. */
public final class LibxlDeviceModels implements DeviceModels {

    private final LibxlMonitor monitor;
    private final Path processes;

    /**
     * Waits for turns there.
     *
     * @param monitor libxl's monitors
     * @param root the root folder below which {@code /proc} is looked for
     */
    public LibxlDeviceModels(LibxlMonitor monitor, Path root) {
        this.monitor = monitor;
        this.processes = root.resolve("proc");
    }

    @Override
    public Session open(XenGuest guest, Deadline deadline) {
        LibxlMonitor.Turn turn = monitor.take(guest, deadline);
        boolean kept = false;
        try {
            UntrustedText where = UntrustedText.of(turn.socket().toString());
            QmpSession session =
                    QmpSession.open(connect(guest, turn.socket(), deadline), where, deadline.remaining(), new Deaf());
            kept = true;
            return new QmpObjects(session, where, turn::close);
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
            throw hasEnded(guest)
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

    /** Whether its process is not there, where processes can be seen at all. */
    private boolean hasEnded(XenGuest guest) {
        OptionalInt pid = guest.deviceModel().pid();
        return pid.isPresent()
                && Files.isDirectory(processes.resolve("self"))
                && !Files.exists(processes.resolve(Integer.toString(pid.getAsInt())));
    }

    private static BackendException.Builder failure(String code, String what, Path socket, Throwable cause) {
        return BackendException.of(code, what)
                .where(UntrustedText.of(socket.toString()))
                .cause(cause);
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
