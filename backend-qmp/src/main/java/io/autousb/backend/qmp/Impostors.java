package io.autousb.backend.qmp;

import io.autousb.linux.PeerCredentials;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that claim to be the guest and are not: what listens on the socket that they name is another
 * process, or was started by another user. They are asked again only now and then, since the socket may
 * be another guest's. Not thread-safe.
 */
final class Impostors {

    private static final Logger LOG = LoggerFactory.getLogger(Impostors.class);
    /** A socket of the QEMU before may still be there while the next one is starting. */
    private static final long FORGET_NANOS = Duration.ofSeconds(5).toNanos();

    private final int ownUid;
    private final Map<String, Long> seen = new HashMap<>();

    Impostors(int ownUid) {
        this.ownUid = ownUid;
    }

    /** Forgets those that are gone. */
    void retain(Collection<MonitorSearch.Claim> present) {
        seen.keySet()
                .retainAll(present.stream().map(MonitorSearch.Claim::instance).collect(Collectors.toSet()));
    }

    /** Whether a process was found to be one a short while ago. */
    boolean contains(MonitorSearch.Claim claim) {
        Long when = seen.get(claim.instance());
        return when != null && System.nanoTime() - when < FORGET_NANOS;
    }

    /** Whether who listens is the process itself, and trusted. Says so once if not. */
    boolean admits(MonitorSearch.Claim claim, PeerCredentials peer) {
        if (claim.isProvenBy(peer, ownUid)) {
            seen.remove(claim.instance());
            return true;
        }
        if (seen.put(claim.instance(), System.nanoTime()) == null) {
            LOG.info(
                    "process {} has a guest's name and is ignored: its monitor is that of process {} of user {},"
                            + " not of its own or not of root or this user; if it is the guest all the same,"
                            + " name its socket with -s ({})",
                    claim.pid(),
                    peer.pid(),
                    peer.uid(),
                    GuestSettings.SOCKET);
        }
        return false;
    }
}
