package io.autousb.linux;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads files of one short value, as sysfs and procfs have them: opened, read to the end, closed. */
final class SmallFile {

    /** A string descriptor takes 381 bytes at most (Linux {@code usb_cache_string}). */
    private static final int MAX_BYTES = 512;

    private SmallFile() {}

    /**
     * Reads a file's text without the one newline that the kernel puts after it. Newlines before that
     * belong to the value: a device's strings may have any.
     *
     * @param path the file
     * @return at most {@value #MAX_BYTES} bytes of it as text, or null if it is not there (any more) or
     *     this program may not read it
     * @throws IOException if it is there, or may be, but reading fails
     */
    static @Nullable String read(String path) throws IOException {
        byte[] bytes = new byte[MAX_BYTES];
        int length;
        try (InputStream file = open(path)) {
            length = file.readNBytes(bytes, 0, bytes.length);
        } catch (NoSuchFileException | AccessDeniedException e) {
            return null;
        }
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The first way is the faster one, but does not tell that there is no file from any other failure. */
    private static InputStream open(String path) throws IOException {
        try {
            return new FileInputStream(path);
        } catch (FileNotFoundException e) {
            return Files.newInputStream(Path.of(path));
        }
    }

    /**
     * Reads a number, allowing for blanks around it: some attributes have a leading one.
     *
     * @param path the file
     * @param radix 10 or 16
     * @return the number, or -1 if there is none between 0 and 0xffff
     * @throws IOException if reading fails
     */
    static int number(String path, int radix) throws IOException {
        String text = read(path);
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
