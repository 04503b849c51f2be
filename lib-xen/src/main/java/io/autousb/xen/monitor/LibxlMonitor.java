package io.autousb.xen.monitor;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.linux.Flock;
import io.autousb.xen.guest.DomainReader;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.store.Xenstore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libxl's own monitor of a guest, for short sessions only: it takes one client at a time, and while somebody else is
 * connected all that libxl does with the guest hangs for 10 s and fails.
 *
 * <p>libxl since 4.13 takes a lock for each of its sessions, and so does this: flock(2) on {@code
 * /var/lib/xen/userdata-l.<domid>.<uuid>.qmp-socket-lock} ({@code libxl_internal.c}, {@code
 * libxl__ev_slowlock_lock}, {@code libxl__ev_slowlock_unlock}). libxl gives up after 10 s, waiting included: whoever
 * holds the lock is quick.
 *
 * <p>Thread-safe.
 */
public final class LibxlMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(LibxlMonitor.class);

    private final Xenstore store;
    private final Path sockets;
    private final Path locks;

    /**
     * Finds sockets and locks below a root folder.
     *
     * @param store tells whether a guest is still there
     * @param root the root folder
     */
    public LibxlMonitor(Xenstore store, Path root) {
        this.store = store;
        this.sockets = root.resolve("run/xen");
        this.locks = root.resolve("var/lib/xen");
    }

    /** The right to connect, until it is closed. */
    public interface Turn extends AutoCloseable {
        /**
         * The monitor's socket.
         *
         * @return {@code /run/xen/qmp-libxl-<domid>}
         */
        Path socket();

        /**
         * Lets others connect. The session is to be closed before, or they meet a monitor that is busy. Idempotent;
         * does not fail.
         */
        @Override
        void close();
    }

    /**
     * Waits for the lock.
     *
     * @param guest the guest
     * @param deadline by when
     * @return the right to connect
     * @throws BackendException {@code BUSY} if another program had the lock all the time, {@code GUEST_GONE} if the
     *     guest is not there any more, {@code NO_PERMISSION} or {@code IO} if the lock cannot be taken, with the
     *     remedy; or as {@link Xenstore} fails
     */
    public Turn take(XenGuest guest, Deadline deadline) {
        Path file = locks.resolve("userdata-l." + guest.domid() + "." + guest.uuid() + ".qmp-socket-lock");
        Flock lock = lock(file, deadline).orElseThrow(() -> busy(guest, file));
        boolean kept = false;
        try {
            // libxl removes the files of a domain that ends, and would never remove one that is made after that.
            if (!DomainReader.isThere(store.by(deadline), guest)) {
                throw guest.gone();
            }
            kept = true;
            return new HeldTurn(sockets.resolve("qmp-libxl-" + guest.domid()), lock);
        } finally {
            if (!kept) {
                release(lock);
            }
        }
    }

    private static Optional<Flock> lock(Path file, Deadline deadline) {
        try {
            return Flock.tryLock(file, deadline.remaining());
        } catch (NoSuchFileException e) {
            throw failure(BackendException.IO, "libxl's folder is not there", file, e)
                    .remedy("run this in Xen's control domain, with /var/lib/xen in sight")
                    .build();
        } catch (AccessDeniedException e) {
            throw failure(BackendException.NO_PERMISSION, "libxl's lock may not be taken", file, e)
                    .remedy("run this as root")
                    .retry(Retry.NEVER)
                    .build();
        } catch (IOException e) {
            throw failure(BackendException.IO, "libxl's lock cannot be taken", file, e)
                    .build();
        } catch (LinkageError e) {
            throw failure(BackendException.UNSUPPORTED, "files cannot be locked here", file, e)
                    .remedy("give the guest a monitor of its own, with device_model_args_hvm")
                    .retry(Retry.NEVER)
                    .build();
        }
    }

    private static BackendException.Builder failure(String code, String what, Path file, Throwable cause) {
        return BackendException.of(code, what).where(file).cause(cause);
    }

    private static BackendException busy(XenGuest guest, Path file) {
        return BackendException.of(BackendException.BUSY, "libxl, or another program, is busy with the guest's monitor")
                .where(guest)
                .remedy("wait for xl to end; see what holds " + file + " if it does not")
                .build();
    }

    private static void release(Flock lock) {
        try {
            lock.removeAndClose();
        } catch (IOException e) {
            LOG.warn("a lock of libxl's was released, but its file stays", e);
        }
    }

    private record HeldTurn(Path socket, Flock lock) implements Turn {
        @Override
        public void close() {
            release(lock);
        }
    }
}
