package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An open file that is there to be locked. No child process gets it. It is not readable for others: who
 * can read a file can lock it, for as long as they like.
 */
final class LockFile implements Closeable {

    private static final int FLAGS =
            Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC | Libc.O_NOFOLLOW | Libc.O_NOCTTY | Libc.O_NONBLOCK;
    private static final int MODE = 0600;

    private final Path path;
    private final int fd;
    private final FileStatus status;

    private LockFile(Path path, int fd) throws IOException {
        this.path = path;
        this.fd = fd;
        this.status = FileCalls.status(fd);
        if (!status.isRegularFile()) {
            throw new FileSystemException(path.toString(), null, "it is no regular file");
        }
    }

    /** Opens a file, or makes it. Does not follow a symbolic link. */
    static LockFile open(Path path) throws IOException {
        int fd = FileCalls.open(path, FLAGS, MODE);
        try {
            return new LockFile(path, fd);
        } catch (IOException | RuntimeException | Error e) {
            Libc.close(fd);
            throw e;
        }
    }

    int descriptor() {
        return fd;
    }

    /** Whether the path still leads to this file, and not to another one or none. */
    boolean isInPlace() throws IOException {
        try {
            return FileCalls.status(path).isSameFileAs(status);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Takes the path away, but leaves another file that has it now. */
    void remove() throws IOException {
        if (isInPlace()) {
            FileCalls.remove(path);
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
