package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Connects unix stream sockets, and asks who listens. */
final class UnixSocketConnector {

    /** What fits into {@code sockaddr_un.sun_path} with its closing zero (unix(7)). */
    static final int MAX_PATH_BYTES = 107;

    private UnixSocketConnector() {}

    /** The descriptor of a new connection, which is the caller's to close. */
    static int connect(Path socket, Deadline deadline) throws IOException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > MAX_PATH_BYTES) {
            throw new IOException(socket + ": longer than the " + MAX_PATH_BYTES + " bytes a socket's path may have");
        }
        int fd = Libc.check(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "opening a socket");
        try (Memory address = address(path)) {
            connect(fd, address, socket, deadline);
            return fd;
        } catch (IOException | RuntimeException | Error e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** struct sockaddr_un: u16 family, the path, a zero. */
    private static Memory address(byte[] path) {
        Memory address = new Memory(Short.BYTES + path.length + 1L);
        address.clear();
        address.setShort(0, (short) Libc.AF_UNIX);
        address.write(Short.BYTES, path, 0, path.length);
        return address;
    }

    /** A blocking connect whose waiting the kernel ends after SO_SNDTIMEO (socket(7)): there is nothing to poll for. */
    private static void connect(int fd, Memory address, Path socket, Deadline deadline) throws IOException {
        while (true) {
            limitWaiting(fd, Math.max(1, deadline.remainingMillis()));
            if (Libc.connect(fd, address, (int) address.size()) == 0) {
                return;
            }
            int errno = Native.getLastError();
            if (errno != Libc.EAGAIN && errno != Libc.EINTR) {
                throw failure(socket, errno);
            }
            if (deadline.hasPassed()) {
                throw new SocketTimeoutException(socket + ": the queue of its listener stayed full");
            }
        }
    }

    /** struct timeval: a word of seconds, a word of microseconds. */
    private static void limitWaiting(int fd, int millis) throws IOException {
        try (Memory time = new Memory(2L * MessageHeader.WORD)) {
            MessageHeader.setWord(time, 0, millis / 1000);
            MessageHeader.setWord(time, MessageHeader.WORD, millis % 1000 * 1000L);
            int result = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, time, (int) time.size());
            Libc.check(result, "limiting a socket's waiting");
        }
    }

    private static IOException failure(Path socket, int errno) {
        return switch (errno) {
            case Libc.ENOENT, Libc.ENOTDIR -> new NoSuchFileException(socket.toString());
            case Libc.EACCES, Libc.EPERM -> new AccessDeniedException(socket.toString());
            case Libc.ECONNREFUSED -> new ConnectException(socket + ": nobody listens");
            default -> Libc.failure(socket.toString(), errno);
        };
    }

    /** struct ucred: pid, uid, gid. */
    static PeerCredentials peer(int fd) throws IOException {
        int bytes = 3 * Integer.BYTES;
        try (Memory credentials = new Memory(bytes + Integer.BYTES)) {
            credentials.setInt(bytes, bytes);
            int result = Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, credentials.share(bytes));
            Libc.check(result, "asking for the peer's credentials");
            return new PeerCredentials(credentials.getInt(0), credentials.getInt(4), credentials.getInt(8));
        }
    }
}
