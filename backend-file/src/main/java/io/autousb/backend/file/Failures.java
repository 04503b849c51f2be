package io.autousb.backend.file;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How the failures of this store are told. */
final class Failures {

    private Failures() {}

    static BackendException closed() {
        return BackendException.of(BackendException.CLOSED, "the state store is closed")
                .retry(Retry.NEVER)
                .build();
    }

    static BackendException.Builder late(Path file) {
        return BackendException.of(BackendException.TIMEOUT, "the disk of the state does not answer in time")
                .where(safe(file))
                .remedy("see whether the disk hangs");
    }

    static BackendException locked(Path lock) {
        return BackendException.of(BackendException.TIMEOUT, "another program holds the lock of the state")
                .where(safe(lock))
                .remedy("see which one (fuser), and whether it hangs")
                .build();
    }

    static BackendException.Builder of(String what, Path file, IOException cause) {
        boolean denied = cause instanceof AccessDeniedException;
        return BackendException.of(
                        denied ? BackendException.NO_PERMISSION : BackendException.IO, what + ": " + describe(cause))
                .where(safe(file))
                .remedy(
                        denied
                                ? "run as root, or give this user the right to read and write in that folder"
                                : "see to that folder and its disk, or name another file (option path of the state store)")
                .cause(cause);
    }

    static BackendException withoutJna(LinkageError cause) {
        return BackendException.of(
                        BackendException.IO, "JNA cannot load its native library: " + safe(cause.getMessage()))
                .remedy("set -Djna.tmpdir to a folder from which programs may be run")
                .cause(cause)
                .build();
    }

    /** The reason alone: the file is told elsewhere. */
    static String describe(Exception cause) {
        if (cause instanceof BackendException known) {
            return known.what();
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NoSuchFileException missing) {
            return "there is no " + safe(missing.getFile());
        }
        String reason = cause instanceof FileSystemException known ? known.getReason() : cause.getMessage();
        return reason == null ? cause.getClass().getSimpleName() : safe(reason);
    }

    static String safe(@Nullable Object text) {
        return UntrustedText.of(String.valueOf(text)).toString();
    }
}
