package io.autousb.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What was recorded on a real machine. The files say which. */
public final class Recordings {

    private Recordings() {}

    /**
     * A uevent as it came.
     *
     * @param step what was being done
     * @param message the message with its sender
     */
    public record RecordedUevent(String step, UeventSocket.Message message) {}

    /** Uevents of both groups, in the order of arrival. */
    public static List<RecordedUevent> uevents() {
        return lines("uevents-linux-6.1.0-56-systemd-252.txt").stream()
                .map(fields -> new RecordedUevent(
                        fields[0],
                        new UeventSocket.Message(
                                ByteBuffer.wrap(unescape(fields[4])),
                                new UeventSender(
                                        Integer.parseUnsignedInt(fields[1]),
                                        Integer.parseInt(fields[2]),
                                        Integer.parseInt(fields[3])))))
                .toList();
    }

    /** Unpacks a sysfs with two controllers, four hubs and six other devices. */
    public static void unpackSysfs(Path root) {
        try {
            for (String[] fields : lines("sysfs-linux-6.1.0-56.txt")) {
                Path file = root.resolve(fields[1]);
                Files.createDirectories(file.getParent());
                if (fields[0].equals("l")) {
                    Files.createSymbolicLink(file, Path.of(fields[2]));
                } else {
                    Files.write(file, unescape(fields.length < 3 ? "" : fields[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String[]> lines(String resource) {
        try (InputStream in = Recordings.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                bytes.write(c);
            } else if (text.charAt(++i) == '\\') {
                bytes.write('\\');
            } else {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            }
        }
        return bytes.toByteArray();
    }
}
