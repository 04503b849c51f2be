package io.autousb.backend.file;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks whether files and folders are this program's own: who could change them otherwise, could have it
 * hand devices to whom they like. Follows no symbolic link.
 */
class OwnPlace {

    private static final int TYPE_MASK = 0xf000;
    private static final int FOLDER = 0x4000;
    private static final int FILE = 0x8000;
    private static final int LINK = 0xa000;
    private static final int OTHERS_WRITE = 0022;

    /** Belongs to the user that this process runs as. */
    private static final Path SELF = Path.of("/proc/self");

    /** What is at a path. */
    enum Kind {
        NOTHING,
        FOLDER,
        FILE,
        LINK,
        OTHER
    }

    /** What is at a path, which others must not be able to change. */
    Kind look(Path path) throws IOException {
        Optional<Attributes> found = attributes(path);
        if (found.isEmpty()) {
            return Kind.NOTHING;
        }
        int mode = found.get().mode();
        Kind kind = switch (mode & TYPE_MASK) {
            case FOLDER -> Kind.FOLDER;
            case FILE -> Kind.FILE;
            case LINK -> Kind.LINK;
            default -> Kind.OTHER;
        };
        int uid = found.get().uid();
        if (uid != (Integer) Files.getAttribute(SELF, "unix:uid")) {
            throw refused("it belongs to another user, of id " + Integer.toUnsignedString(uid), path)
                    .remedy("let it belong to the user that this program runs as (chown), or remove it")
                    .build();
        }
        if (kind != Kind.LINK && (mode & OTHERS_WRITE) != 0) {
            throw refused("others may write to it", path)
                    .remedy("take that right away (chmod go-w), or remove it")
                    .build();
        }
        return kind;
    }

    /** Type and rights, and the owner. */
    private record Attributes(int mode, int uid) {
        private static Attributes of(Map<String, Object> named) {
            return new Attributes((Integer) Objects.requireNonNull(named.get("mode")), (Integer)
                    Objects.requireNonNull(named.get("uid")));
        }
    }

    private static Optional<Attributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Attributes.of(Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static BackendException.Builder refused(String why, Path path) {
        return BackendException.of(
                        BackendException.NO_PERMISSION, "what is in the place of the state is not used, as " + why)
                .where(UntrustedText.of(path.toString()))
                .retry(BackendException.Retry.NEVER);
    }
}
