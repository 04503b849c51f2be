package io.autousb.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether code may be run from a place by root: nobody but root may put anything there, or replace a folder or a link on the
 * way.
 */
final class PathTrust {

    private static final int ROOT = 0;
    private static final int WRITABLE_BY_OTHERS = 0022;
    /** In such a folder nobody can replace what is another's ({@code /tmp}). */
    private static final int STICKY = 01000;

    private PathTrust() {}

    /**
     * Looks at a file or folder, at all folders above it as it is named, and at those where links lead.
     *
     * @param path as a person named it, or as a link leads to it
     * @return the first that others than root can write to, and who that is; or empty if there is none
     * @throws IOException if it cannot be looked at
     */
    static Optional<String> weakness(Path path) throws IOException {
        Optional<String> weakness = weaknessOnTheWay(path.toAbsolutePath().normalize());
        return weakness.isPresent() ? weakness : weaknessOnTheWay(path.toRealPath());
    }

    private static Optional<String> weaknessOnTheWay(Path path) throws IOException {
        Optional<String> weakness = Optional.empty();
        int names = path.getNameCount();
        for (Path each = path; each != null && weakness.isEmpty(); each = each.getParent()) {
            weakness = weaknessOf(each, each.getNameCount() < names - 1);
        }
        return weakness;
    }

    /** A sticky folder is good enough on the way, but not where things are looked for, since anybody may add some there. */
    private static Optional<String> weaknessOf(Path path, boolean sticky) throws IOException {
        int owner = (Integer) Files.getAttribute(path, "unix:uid");
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        if (owner != ROOT) {
            return Optional.of(path + " belongs to user " + owner);
        }
        boolean open = (mode & WRITABLE_BY_OTHERS) != 0 && !(sticky && (mode & STICKY) != 0);
        return open ? Optional.of("others than root can write to " + path) : Optional.empty();
    }

    /** Whether this process is root, who must not run what others wrote. */
    static boolean isRoot() {
        try {
            return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == ROOT;
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }
}
