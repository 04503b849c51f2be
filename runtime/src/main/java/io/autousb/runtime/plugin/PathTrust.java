package io.autousb.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether code may be run from a place by root: nobody but root may put anything there, or replace a folder on the way.
 */
final class PathTrust {

    private static final int ROOT = 0;
    private static final int WRITABLE_BY_OTHERS = 0022;
    /** In such a folder nobody can replace what is another's ({@code /tmp}). */
    private static final int STICKY = 01000;

    private PathTrust() {}

    /**
     * Looks at a file or folder and all folders above it, where links lead.
     *
     * @return the first that others can write to, or empty if there is none
     * @throws IOException if it cannot be looked at
     */
    static Optional<Path> weakness(Path path) throws IOException {
        for (Path each = path.toRealPath(); each != null; each = each.getParent()) {
            if (isWeak(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private static boolean isWeak(Path path) throws IOException {
        int owner = (Integer) Files.getAttribute(path, "unix:uid");
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        return owner != ROOT || (mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0;
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
