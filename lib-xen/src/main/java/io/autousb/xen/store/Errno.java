package io.autousb.xen.store;

/**
 * The reasons for which xenstored refuses, by their names on the wire ({@code xsd_errors} in {@code
 * xs_wire.h}). oxenstored knows one more, {@code EQUOTA} ({@code oxenstored/process.ml}).
 */
enum Errno {
    EINVAL,
    EACCES,
    EEXIST,
    EISDIR,
    ENOENT,
    ENOMEM,
    ENOSPC,
    EIO,
    ENOTEMPTY,
    ENOSYS,
    EROFS,
    EBUSY,
    EAGAIN,
    EISCONN,
    E2BIG,
    EPERM,
    EQUOTA,
    /** None of these. */
    UNKNOWN;

    static Errno of(String name) {
        for (Errno errno : values()) {
            if (errno != UNKNOWN && errno.name().equals(name)) {
                return errno;
            }
        }
        return UNKNOWN;
    }
}
