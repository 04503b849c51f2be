package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The C library's calls for files, mapped as those in {@link Libc} are. They are apart because {@code
 * statx} needs glibc 2.28 or musl 1.2: where that is missing, sockets still work.
 */
final class FileCalls {

    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    /** Two bits: one is O_NOFOLLOW and one O_LARGEFILE, and on Arm the other way round than on x86 and RISC-V. */
    static final int O_NOFOLLOW = 0x20000 | 0x8000;

    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int LOCK_UN = 8;

    private static final int ELOOP = 40;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_TYPE = 1;
    private static final int STATX_INO = 0x100;

    // struct statx, which is the same everywhere (Linux include/uapi/linux/stat.h)
    private static final int STATX_MODE = 28;
    private static final int STATX_INODE = 32;
    private static final int STATX_MAJOR = 136;
    private static final int STATX_MINOR = 140;
    private static final int STATX_BYTES = 256;

    static {
        Native.register(FileCalls.class, "c");
    }

    private FileCalls() {}

    /** Variadic in C, which for whole numbers makes no difference on Linux. */
    private static native int open(byte[] path, int flags, int mode);

    private static native int statx(int fd, byte[] path, int flags, int mask, Pointer status);

    private static native int unlink(byte[] path);

    /** Two descriptors, of which the first is to read from. */
    static native int pipe2(int[] fds, int flags);

    /** Returns ssize_t, of which an int is enough for what a buffer takes. */
    static native int read(int fd, byte[] buffer, NativeLong length);

    /** Waits for nothing if {@link #LOCK_NB} is among the operations. */
    static native int flock(int fd, int operation);

    /** The descriptor, which is the caller's to close. */
    static int open(Path file, int flags, int mode) throws IOException {
        byte[] path = bytes(file);
        while (true) {
            int fd = open(path, flags, mode);
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
        try (Memory status = new Memory(STATX_BYTES)) {
            int result = statx(fd, new byte[1], AT_EMPTY_PATH, STATX_TYPE | STATX_INO, status);
            Libc.check(result, "looking at an open file");
            return status(status);
        }
    }

    /** What a path leads to, which may be a symbolic link. */
    static FileStatus status(Path file) throws IOException {
        try (Memory status = new Memory(STATX_BYTES)) {
            if (statx(AT_FDCWD, bytes(file), AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO, status) < 0) {
                throw failure(file, Native.getLastError());
            }
            return status(status);
        }
    }

    private static FileStatus status(Memory status) {
        return new FileStatus(
                Short.toUnsignedInt(status.getShort(STATX_MODE)),
                status.getInt(STATX_MAJOR),
                status.getInt(STATX_MINOR),
                status.getLong(STATX_INODE));
    }

    /** Takes a name away, whatever it leads to. */
    static void remove(Path file) throws IOException {
        if (unlink(bytes(file)) < 0) {
            throw failure(file, Native.getLastError());
        }
    }

    private static byte[] bytes(Path file) {
        return (file + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static IOException failure(Path file, int errno) {
        return switch (errno) {
            case Libc.ENOENT, Libc.ENOTDIR -> new NoSuchFileException(file.toString());
            case Libc.EACCES, Libc.EPERM -> new AccessDeniedException(file.toString());
            case ELOOP -> new FileSystemException(file.toString(), null, "it is a symbolic link");
            default -> new FileSystemException(file.toString(), null, Libc.strerror(errno));
        };
    }
}
