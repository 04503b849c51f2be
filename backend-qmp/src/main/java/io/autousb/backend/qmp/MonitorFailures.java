package io.autousb.backend.qmp;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Says why a guest's monitor cannot be used, and what helps. Pure. */
final class MonitorFailures {

    private MonitorFailures() {}

    /** The guest runs without a monitor. */
    static BackendException mute(int pid) {
        return BackendException.of(
                        BackendException.UNSUPPORTED, "the guest's QEMU has no QMP monitor on a socket of its own")
                .where("process " + pid)
                .remedy("start it with -qmp unix:/run/qmp/NAME.sock,server=on,wait=off")
                .retry(Retry.ON_CHANGE)
                .build();
    }

    /** Several processes have the guest's name. */
    static BackendException ambiguous(List<MonitorSearch.Claim> claims) {
        String each = claims.stream()
                .map(claim -> "process " + claim.pid() + ": "
                        + UntrustedText.of(claim.sockets().get(0).toString()))
                .collect(Collectors.joining(", "));
        return BackendException.of(BackendException.INVALID, "several QEMUs of this name run")
                .where(each)
                .remedy("which one? say so with -s (" + GuestSettings.SOCKET + ")")
                .retry(Retry.ON_CHANGE)
                .build();
    }

    /** The guest runs on, and no monitor of its is found any more. */
    static BackendException unreachable(MonitorLink before) {
        return BackendException.of(
                        BackendException.IO, "the guest's QEMU runs on, but its monitor cannot be found any more")
                .where(before.id() + ", " + before.instance().text())
                .remedy("its socket's file is gone; restart the guest, or use another monitor of its with -s ("
                        + GuestSettings.SOCKET + ")")
                .retry(Retry.ON_CHANGE)
                .build();
    }

    /** Connecting has failed. */
    static BackendException connecting(Path socket, IOException e) {
        UntrustedText where = UntrustedText.of(socket.toString());
        if (e instanceof AccessDeniedException) {
            return BackendException.of(BackendException.NO_PERMISSION, "no permission to use the monitor's socket")
                    .where(where)
                    .remedy("run as root, or give this user the right to write to the socket")
                    .cause(e)
                    .build();
        }
        if (e instanceof SocketTimeoutException) {
            return BackendException.of(BackendException.BUSY, "the monitor is busy: other clients queue for it")
                    .where(where)
                    .remedy("end the other clients, or give the guest one more monitor with"
                            + " -qmp unix:/run/qmp/NAME.sock,server=on,wait=off")
                    .cause(e)
                    .build();
        }
        return BackendException.of(
                        BackendException.IO,
                        "the monitor's socket cannot be used: " + UntrustedText.of(String.valueOf(e.getMessage())))
                .where(where)
                .cause(e)
                .build();
    }
}
