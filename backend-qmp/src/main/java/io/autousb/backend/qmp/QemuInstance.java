package io.autousb.backend.qmp;

import io.autousb.linux.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One life of a guest: its QEMU's process id and start time. Where the process is not seen in {@code
 * /proc}, its socket's inode and time of making. Where another program listens for QEMU, the connection:
 * nobody knows which QEMU the next one leads to.
 *
 * @param kind how it is told from the next
 * @param text what tells it
 * @param processes where to look for it
 * @param peer whoever called {@code listen} on the socket
 * @param listener the same for whoever that is
 * @param socket the socket
 */
record QemuInstance(Kind kind, String text, HostProcesses processes, PeerCredentials peer, String listener, Path socket)
        implements GuestLife {

    private static final long ROOT = 0;

    /** What an instance is told by. */
    enum Kind {
        /** QEMU's process. */
        PROCESS,
        /** The socket's file. */
        FILE,
        /** The connection, through another program. */
        CONNECTION
    }

    static QemuInstance of(HostProcesses processes, PeerCredentials peer, Path socket) {
        Optional<String> process = processes.startTime(peer.pid()).map(start -> process(peer.pid(), start));
        String listener = process.or(() -> file(socket)).orElse("unknown");
        if (process.isEmpty()) {
            return new QemuInstance(Kind.FILE, listener, processes, peer, listener, socket);
        }
        return QemuProcesses.isQemu(processes.arguments(peer.pid()))
                ? new QemuInstance(Kind.PROCESS, listener, processes, peer, listener, socket)
                : new QemuInstance(
                        Kind.CONNECTION, "connection " + UUID.randomUUID(), processes, peer, listener, socket);
    }

    /** Whether whoever listens is still there. */
    @Override
    public boolean isAlive() {
        return processes
                .startTime(peer.pid())
                .map(start -> process(peer.pid(), start))
                .or(() -> file(socket))
                .filter(listener::equals)
                .isPresent();
    }

    @Override
    public boolean isRunning() {
        return kind == Kind.PROCESS && isAlive();
    }

    /**
     * Whether it may open any file, or may for all we know: trying tells then. The socket's credentials do
     * not: they are those of the time of {@code listen}, before {@code -runas}.
     */
    @Override
    public boolean isRoot() {
        return kind == Kind.CONNECTION || processes.uid(peer.pid()).orElse(ROOT) == ROOT;
    }

    static String process(int pid, String start) {
        return "process " + pid + " started " + start;
    }

    /** By inode and the time of the last write, which a socket's file has none of: a chmod is no new QEMU. */
    private static Optional<String> file(Path socket) {
        try {
            Map<String, Object> facts = Files.readAttributes(socket, "unix:ino,lastModifiedTime");
            return Optional.of("socket " + facts.get("ino") + " made " + facts.get("lastModifiedTime"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
