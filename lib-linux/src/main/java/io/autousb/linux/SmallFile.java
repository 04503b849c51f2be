package io.autousb.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads small things of sysfs and procfs: files of one short value, links, inodes. By the C library's own
 * calls, which in a program that has just started take a quarter of the time of Java's, and less. What is
 * absent, or not for us, is null, -1 or false; an exception says that nobody knows.
 *
 * <p>Every path begins at a folder's descriptor or, if it is a full one, anywhere ({@link Libc#AT_FDCWD}).
 */
final class SmallFile {

    /** A string descriptor takes 381 bytes at most (Linux {@code usb_cache_string}). */
    private static final int MAX_BYTES = 512;

    private static final int MAX_LINK = 4096;

    private SmallFile() {}

    /** Reads the text of a file with a full path, as {@link #read(int, String)} does. */
    static @Nullable String read(String path) throws IOException {
        return read(Libc.AT_FDCWD, path);
    }

    /**
     * Reads a file's text without the one newline that the kernel puts after it. Newlines before that
     * belong to the value: a device's strings may have any.
     *
     * @param folder the descriptor of the folder that the path begins at
     * @param path the file
     * @return at most {@value #MAX_BYTES} bytes of it as text, or null if it is not there (any more) or
     *     this program may not read it
     * @throws IOException if it is there, or may be, but reading fails
     */
    static @Nullable String read(int folder, String path) throws IOException {
        int file = Libc.openat(folder, Libc.path(path), Libc.O_CLOEXEC, 0);
        if (file < 0) {
            return absent(path, Native.getLastError());
        }
        try {
            byte[] bytes = new byte[MAX_BYTES];
            int length = Libc.check(Libc.read(file, bytes, new NativeLong(MAX_BYTES)), path);
            if (length > 0 && bytes[length - 1] == '\n') {
                length--;
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        } finally {
            Libc.close(file);
        }
    }

    /**
     * What a failure to open says.
     *
     * @return null, for a file that is not there or not for us
     * @throws IOException if the error says anything else
     */
    static @Nullable String absent(String path, int errno) throws IOException {
        if (errno == Libc.ENOENT || errno == Libc.EACCES) {
            return null;
        }
        throw Libc.failure(path, errno);
    }

    /**
     * Reads where a link points to.
     *
     * @param folder the descriptor of the folder that the path begins at
     * @param path the link
     * @return its target, or null if there is no such link
     * @throws IOException if reading fails
     */
    static @Nullable String link(int folder, String path) throws IOException {
        byte[] target = new byte[MAX_LINK];
        int length = Libc.readlinkat(folder, Libc.path(path), target, new NativeLong(MAX_LINK));
        if (length < 0) {
            int errno = Native.getLastError();
            return errno == Libc.EINVAL ? null : absent(path, errno);
        }
        return new String(target, 0, length, StandardCharsets.UTF_8);
    }

    /** The last element of what a link points to, or null if there is no such link. */
    static @Nullable String linkName(int folder, String path) throws IOException {
        String target = link(folder, path);
        return target == null ? null : SysfsNames.last(target);
    }

    /** The inode that a path leads to, or -1 if there is none. Takes no descriptor. */
    static long inode(int folder, String path) throws IOException {
        byte[] facts = new byte[FileStatus.BYTES];
        int flags = path.isEmpty() ? Libc.AT_EMPTY_PATH : 0;
        if (Libc.statx(folder, Libc.path(path), flags, Libc.STATX_INO, facts) < 0) {
            absent(path, Native.getLastError());
            return -1;
        }
        return FileStatus.of(facts).inode();
    }

    /** Whether there is anything of this path, a link that leads nowhere included. */
    static boolean exists(String path) throws IOException {
        byte[] facts = new byte[FileStatus.BYTES];
        if (Libc.statx(Libc.AT_FDCWD, Libc.path(path), Libc.AT_SYMLINK_NOFOLLOW, 0, facts) < 0) {
            absent(path, Native.getLastError());
            return false;
        }
        return true;
    }

    /**
     * Reads a number, allowing for blanks around it: some attributes have a leading one.
     *
     * @param folder the descriptor of the folder that the path begins at
     * @param path the file
     * @param radix 10 or 16
     * @return the number, or -1 if there is none between 0 and 0xffff
     * @throws IOException if reading fails
     */
    static int number(int folder, String path, int radix) throws IOException {
        String text = read(folder, path);
        return text == null ? -1 : number(text, 0, text.length(), radix);
    }

    /** As above, of a part of a text. */
    static int number(String text, int from, int to, int radix) {
        int start = from;
        int end = to;
        while (start < end && text.charAt(start) == ' ') {
            start++;
        }
        while (end > start && text.charAt(end - 1) == ' ') {
            end--;
        }
        if (start == end || end - start > 5) {
            return -1;
        }
        int value = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value > 0xffff ? -1 : value;
    }
}
