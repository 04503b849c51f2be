package io.autousb.linux;

import com.sun.jna.Native;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A device's folder held open: whatever is read through it is of the device that had the name when it was
 * opened. Once the kernel has removed that one, its attributes are absent, and never a successor's (Linux
 * {@code fs/kernfs/dir.c}, {@code kernfs_dop_revalidate}); and no read has to find its way through the
 * link of that name again. Takes a descriptor, thus for short use only.
 */
final class HeldFolder implements AutoCloseable {

    private final int descriptor;

    private HeldFolder(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens a folder; null if there is none. */
    static @Nullable HeldFolder open(String path) throws IOException {
        int descriptor = Libc.openat(Libc.AT_FDCWD, Libc.path(path), Libc.O_PATH | Libc.O_CLOEXEC, 0);
        if (descriptor < 0) {
            SmallFile.absent(path, Native.getLastError());
            return null;
        }
        return new HeldFolder(descriptor);
    }

    /** Its inode. */
    long inode() throws IOException {
        return SmallFile.inode(descriptor, "");
    }

    /** The text of an attribute, of the device itself or of something in its folder; null if there is none. */
    @Nullable
    String attribute(String path) throws IOException {
        return SmallFile.read(descriptor, path);
    }

    /** As above, for a number; -1 if there is none. */
    int number(String path, int radix) throws IOException {
        return SmallFile.number(descriptor, path, radix);
    }

    /** The last element of what a link points to, or null. */
    @Nullable
    String linkName(String path) throws IOException {
        return SmallFile.linkName(descriptor, path);
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
