package io.autousb.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What is done to files by way of {@link Libc}, with the exceptions of {@link java.nio.file.Files}. */
final class FileCalls {

    private static final int WANTED = Libc.STATX_TYPE | Libc.STATX_INO;

    private FileCalls() {}

    /** The descriptor, which is the caller's to close. */
    static int open(Path file, int flags, int mode) throws IOException {
        byte[] path = Libc.path(file.toString());
        while (true) {
            int fd = Libc.openat(Libc.AT_FDCWD, path, flags, mode);
            if (fd >= 0) {
                return fd;
            }
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw failure(file, errno);
            }
        }
    }

    /** What is behind a descriptor. */
    static FileStatus status(int fd) throws IOException {
        byte[] status = new byte[FileStatus.BYTES];
        int result = Libc.statx(fd, Libc.path(""), Libc.AT_EMPTY_PATH, WANTED, status);
        Libc.check(result, "looking at an open file");
        return FileStatus.of(status);
    }

    /** What a path leads to, which may be a symbolic link. */
    static FileStatus status(Path file) throws IOException {
        byte[] status = new byte[FileStatus.BYTES];
        byte[] path = Libc.path(file.toString());
        if (Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, WANTED, status) < 0) {
            throw failure(file, Native.getLastError());
        }
        return FileStatus.of(status);
    }

    /** Takes a name away, whatever it leads to. */
    static void remove(Path file) throws IOException {
        if (Libc.unlink(Libc.path(file.toString())) < 0) {
            throw failure(file, Native.getLastError());
        }
    }

    private static IOException failure(Path file, int errno) {
        return switch (errno) {
            case Libc.ENOENT, Libc.ENOTDIR -> new NoSuchFileException(file.toString());
            case Libc.EACCES, Libc.EPERM -> new AccessDeniedException(file.toString());
            case Libc.ELOOP -> new FileSystemException(file.toString(), null, "it is a symbolic link");
            default -> new FileSystemException(file.toString(), null, Libc.strerror(errno));
        };
    }
}
