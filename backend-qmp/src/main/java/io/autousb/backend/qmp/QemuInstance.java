package io.autousb.backend.qmp;

import io.autousb.linux.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One QEMU process: its id and start time, or, where it is not seen in {@code /proc}, its socket's inode
 * and change time.
 *
 * @param text what tells it from the next
 * @param processes where to look for it
 * @param peer whoever called {@code listen} on the socket
 * @param socket the socket
 */
record QemuInstance(String text, HostProcesses processes, PeerCredentials peer, Path socket) {

    private static final int ROOT = 0;

    static QemuInstance of(HostProcesses processes, PeerCredentials peer, Path socket) {
        return new QemuInstance(current(processes, peer, socket).orElse("unknown"), processes, peer, socket);
    }

    /** Whether it is still there. */
    boolean isAlive() {
        return current(processes, peer, socket).filter(text::equals).isPresent();
    }

    /**
     * Whether it may open any file. The socket's credentials do not tell: they are those of the time of
     * {@code listen}, before {@code -runas}.
     */
    boolean isRoot() {
        return processes.uid(peer.pid()).orElse((long) peer.uid()) == ROOT;
    }

    private static Optional<String> current(HostProcesses processes, PeerCredentials peer, Path socket) {
        return processes
                .startTime(peer.pid())
                .map(start -> process(peer.pid(), start))
                .or(() -> file(socket));
    }

    static String process(int pid, String start) {
        return "process " + pid + " started " + start;
    }

    private static Optional<String> file(Path socket) {
        try {
            Map<String, Object> facts = Files.readAttributes(socket, "unix:ino,ctime");
            return Optional.of("socket " + facts.get("ino") + " made " + facts.get("ctime"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
