package io.autousb.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which file it is, and of what kind.
 *
 * @param mode its type and rights ({@code st_mode})
 * @param major its file system's device number
 * @param minor its file system's device number
 * @param inode its number there
 */
record FileStatus(int mode, int major, int minor, long inode) {

    /** How long struct statx is. */
    static final int BYTES = 256;

    // Where it has what, which is the same everywhere (Linux include/uapi/linux/stat.h).
    private static final int STX_MODE = 28;
    private static final int STX_INO = 32;
    private static final int STX_DEV_MAJOR = 136;
    private static final int STX_DEV_MINOR = 140;

    private static final int TYPE_MASK = 0xf000;
    private static final int REGULAR = 0x8000;

    /** What the kernel has written into a struct statx. What it was not asked for may be 0. */
    static FileStatus of(byte[] statx) {
        ByteBuffer fields = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        return new FileStatus(
                Short.toUnsignedInt(fields.getShort(STX_MODE)),
                fields.getInt(STX_DEV_MAJOR),
                fields.getInt(STX_DEV_MINOR),
                fields.getLong(STX_INO));
    }

    boolean isRegularFile() {
        return (mode & TYPE_MASK) == REGULAR;
    }

    boolean isSameFileAs(FileStatus other) {
        return inode == other.inode && major == other.major && minor == other.minor;
    }
}
