package io.autousb.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The C library's calls for sockets, devices, files and pipes, mapped directly. They return -1 on failure; {@link
 * Native#getLastError} then has errno. None declares {@code LastErrorException}: JNA throws it whenever
 * errno is not 0, even after success. "c" is the process's own library; a file name would load another
 * one beside it. The numbers are those of the kernel's {@code asm-generic}, which x86, Arm and RISC-V
 * have.
 */
final class Libc {

    static final int AF_UNIX = 1;
    static final int AF_NETLINK = 16;
    static final int SOCK_STREAM = 1;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOCK_NONBLOCK = 0x800;
    static final int NETLINK_KOBJECT_UEVENT = 15;
    static final int SOL_SOCKET = 1;
    static final int SO_RCVBUF = 8;
    static final int SO_PASSCRED = 16;
    static final int SO_PEERCRED = 17;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_RCVBUFFORCE = 33;
    static final int SCM_CREDENTIALS = 2;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;

    /** Two bits: one is O_NOFOLLOW and one O_LARGEFILE, and on Arm the other way round than on x86 and RISC-V. */
    static final int O_NOFOLLOW = 0x20000 | 0x8000;

    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int LOCK_UN = 8;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int STATX_TYPE = 1;
    static final int STATX_INO = 0x100;
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ELOOP = 40;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, Pointer address, int length);

    static native int connect(int fd, Pointer address, int length);

    static native int setsockopt(int fd, int level, int option, Pointer value, int length);

    static native int getsockopt(int fd, int level, int option, Pointer value, Pointer length);

    /** Returns ssize_t, of which an int is enough for messages. */
    static native int recvmsg(int fd, Pointer header, int flags);

    /** Returns ssize_t, as {@link #recvmsg} does. */
    static native int sendmsg(int fd, Pointer header, int flags);

    static native int poll(Pointer fds, NativeLong count, int timeout);

    static native int eventfd(int initial, int flags);

    static native int eventfd_read(int fd, Pointer value);

    static native int eventfd_write(int fd, long value);

    /**
     * Variadic in C, which for whole numbers makes no difference on Linux. The path is one of {@link
     * #path}; the mode is for a file that is made.
     */
    static native int openat(int folder, byte[] path, int flags, int mode);

    static native int unlink(byte[] path);

    /** Returns ssize_t, of which an int is enough for a path. */
    static native int readlinkat(int folder, byte[] path, byte[] into, NativeLong size);

    /**
     * The one form of stat whose structure is the same everywhere (Linux 4.11, glibc 2.28, musl 1.2). It
     * takes {@value FileStatus#BYTES} bytes, which {@link FileStatus#of} understands.
     */
    static native int statx(int folder, byte[] path, int flags, int mask, byte[] into);

    /** Two descriptors, of which the first is to read from. */
    static native int pipe2(int[] fds, int flags);

    /** Waits for nothing if {@link #LOCK_NB} is among the operations. */
    static native int flock(int fd, int operation);

    /** Returns ssize_t, of which an int is enough for what an array takes. */
    static native int read(int fd, byte[] into, NativeLong size);

    /** The same for memory that is used again and again. */
    static native int read(int fd, Pointer into, NativeLong size);

    /** Returns ssize_t, as {@link #recvmsg} does. */
    static native int write(int fd, Pointer from, NativeLong size);

    static native int close(int fd);

    static native String strerror(int errno);

    /** A path as C has it. One that would be cut short there is refused. */
    static byte[] path(String text) throws IOException {
        if (text.indexOf('\0') >= 0) {
            throw new IOException("a path with NUL in it");
        }
        return text.concat("\0").getBytes(StandardCharsets.UTF_8);
    }

    /** The result of the call just made, unless it failed. */
    static int check(int result, String what) throws IOException {
        if (result < 0) {
            throw failure(what, Native.getLastError());
        }
        return result;
    }

    static IOException failure(String what, int errno) {
        return new IOException(what + ": " + strerror(errno));
    }
}
