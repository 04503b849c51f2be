package io.autousb.linux;

/**
 * Which file it is, and of what kind.
 *
 * @param mode its type and rights ({@code st_mode})
 * @param major its file system's device number
 * @param minor its file system's device number
 * @param inode its number there
 */
record FileStatus(int mode, int major, int minor, long inode) {

    private static final int TYPE_MASK = 0xf000;
    private static final int REGULAR = 0x8000;

    boolean isRegularFile() {
        return (mode & TYPE_MASK) == REGULAR;
    }

    boolean isSameFileAs(FileStatus other) {
        return inode == other.inode && major == other.major && minor == other.minor;
    }
}
