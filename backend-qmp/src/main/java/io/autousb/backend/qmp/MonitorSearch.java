package io.autousb.backend.qmp;

import io.autousb.linux.PeerCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds out where a guest's monitors are now. Thread-safe; cheap enough to be asked every few seconds. */
interface MonitorSearch {

    /** What a search can find. */
    sealed interface Result {}

    /** No such guest now. */
    record Absent() implements Result {}

    /** Sockets to try, in order, whoever listens there. */
    record Sockets(List<Path> paths) implements Result {}

    /** Processes whose arguments claim to be the guest: anybody can write anything there. */
    record Claims(List<Claim> all) implements Result {}

    /**
     * One such process.
     *
     * @param pid its id
     * @param start when it was started
     * @param sockets its monitors by its own account; none if it cannot be talked to
     */
    record Claim(int pid, String start, List<Path> sockets) {

        private static final int ROOT = 0;

        /** Copies the list. */
        public Claim {
            sockets = List.copyOf(sockets);
        }

        String instance() {
            return QemuInstance.process(pid, start);
        }

        /**
         * Whether it is this process that listens, and was let to by root or by us. QEMU becomes a daemon
         * before it listens; the user is that of the time of {@code listen}, before {@code -runas}.
         *
         * @param peer the listener, as the kernel saw it
         * @param ownUid who we are
         */
        boolean isProvenBy(PeerCredentials peer, int ownUid) {
            return peer.pid() == pid && (peer.uid() == ROOT || peer.uid() == ownUid);
        }
    }

    /** Looks. */
    Result find();

    /** A socket that the configuration names. One that may not even be looked at is tried, so that one hears why. */
    static MonitorSearch fixed(Path socket) {
        return () -> Files.notExists(socket) ? new Absent() : new Sockets(List.of(socket));
    }
}
