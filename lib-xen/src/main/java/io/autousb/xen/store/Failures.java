package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** How failures are told. */
final class Failures {

    private static final String ROOT_NEEDED = "run this as root, in the control domain";

    private Failures() {}

    static BackendException.Builder closed(Object where) {
        return BackendException.of(BackendException.CLOSED, "the xenstore was closed")
                .where(where)
                .retry(Retry.NEVER);
    }

    /** No connection came about. */
    static BackendException.Builder unreachable(Object where, IOException e) {
        if (e instanceof AccessDeniedException) {
            return BackendException.of(BackendException.NO_PERMISSION, "this program may not use xenstore")
                    .where(where)
                    .remedy(ROOT_NEEDED)
                    .retry(Retry.NEVER)
                    .cause(e);
        }
        boolean nobody = e instanceof NoSuchFileException || e instanceof ConnectException;
        return BackendException.of(BackendException.IO, "xenstore cannot be reached")
                .where(where)
                .remedy(nobody ? "is this Xen's control domain, and does xenstored run?" : "")
                .cause(e);
    }

    /** The library that connections are made with cannot be loaded. */
    static BackendException.Builder unusable(Object where, LinkageError e) {
        return BackendException.of(
                        BackendException.UNSUPPORTED, "xenstore cannot be spoken to: JNA cannot be used here")
                .where(where)
                .remedy("set -Djna.tmpdir to a folder that programs may run from")
                .retry(Retry.NEVER)
                .cause(e);
    }

    static BackendException.Builder defect(Object where, Throwable e) {
        return BackendException.of(BackendException.IO, "the connection to xenstore failed: a defect of this program")
                .where(where)
                .cause(e);
    }

    /** A connection has ended. */
    static BackendException.Builder lost(Object where, IOException e) {
        if (e instanceof XenstoreProtocolException) {
            return protocol(where, e);
        }
        String what = e instanceof EOFException
                ? "xenstored closed the connection"
                : "the connection to xenstore failed: " + reason(e);
        return BackendException.of(BackendException.IO, what).where(where).cause(e);
    }

    private static String reason(IOException e) {
        return UntrustedText.of(String.valueOf(e.getMessage())).toString();
    }

    static BackendException.Builder protocol(Object where, Exception e) {
        return BackendException.of(BackendException.PROTOCOL, "xenstored broke the protocol: " + e.getMessage())
                .where(where)
                .cause(e);
    }

    static BackendException.Builder timeout(Object where, String what) {
        return BackendException.of(BackendException.TIMEOUT, what).where(where);
    }

    static BackendException.Builder conflict(String what) {
        return BackendException.of(Xenstore.CONFLICT, what);
    }

    /** Nothing was sent: xenstored would close the connection. */
    static BackendException.Builder tooLong(Request request) {
        String what = request.type() + " of " + request.payload().length() + " bytes, and xenstore takes "
                + Xenstore.MAX_PAYLOAD;
        return BackendException.of(BackendException.INVALID, what)
                .where(request.subject())
                .retry(Retry.NEVER);
    }

    /** xenstored said no. */
    static BackendException refused(Object where, Request request, RefusedException e) {
        return refusal(request, e).where(where).cause(e).build();
    }

    private static BackendException.Builder refusal(Request request, RefusedException e) {
        String what = "xenstored refuses " + e.getMessage();
        return switch (e.errno()) {
            case EACCES, EPERM, EROFS ->
                BackendException.of(BackendException.NO_PERMISSION, what)
                        .remedy(ROOT_NEEDED)
                        .retry(Retry.NEVER);
            case E2BIG ->
                BackendException.of(BackendException.INVALID, what + ": too long for this xenstored")
                        .retry(Retry.NEVER);
            case ENOSYS ->
                BackendException.of(BackendException.UNSUPPORTED, what)
                        .remedy("this xenstored is too old, or another one is needed")
                        .retry(Retry.NEVER);
            case EINVAL, EISDIR, ENOTEMPTY ->
                BackendException.of(BackendException.REFUSED, what).retry(Retry.NEVER);
            case EIO -> {
                BackendException.Builder failure = BackendException.of(BackendException.IO, what);
                yield request.isChange() ? failure.outcomeUnknown() : failure;
            }
            case EEXIST, ENOENT, ENOMEM, ENOSPC, EBUSY, EAGAIN, EISCONN, EQUOTA, UNKNOWN ->
                BackendException.of(BackendException.REFUSED, what);
        };
    }
}
