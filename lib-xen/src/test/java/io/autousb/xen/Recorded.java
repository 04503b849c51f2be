package io.autousb.xen;

import io.autousb.xen.store.DomainEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was recorded on a real Xen, put into a xenstore. */
public final class Recorded {

    private static final Pattern NODE = Pattern.compile("(/[^ ]+) = \"(.*)\"   \\(.*\\)");
    private static final Pattern EVENT = Pattern.compile("([0-9.]+) ([^ ]+) ([^ ]+)(?: (none)| = ?(.*)| (.*))");

    private Recorded() {}

    /** A moment in a guest's life. */
    public record Event(double seconds, String token, String path, boolean gone, String value) {

        /** Does to a xenstore what was seen. */
        public void replay(MemoryXenstore store) {
            switch (token) {
                case "@introduceDomain" -> store.fire(DomainEvent.INTRODUCED);
                case "@releaseDomain" -> store.fire(DomainEvent.RELEASED);
                case "mark" -> {
                    // done by a person
                }
                default -> {
                    if (gone) {
                        store.drop(path);
                    } else {
                        store.put(path, value);
                    }
                }
            }
        }
    }

    /** The lines of a recording, without comments. */
    public static List<String> lines(String name) {
        String resource = "/recorded/xen-4.17.7/" + name;
        try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the nodes of an {@code xenstore-ls} into a xenstore. */
    public static MemoryXenstore load(MemoryXenstore store, String name) {
        int before = store.changes();
        for (String line : lines("xenstore-ls/" + name + ".txt")) {
            Matcher node = NODE.matcher(line);
            if (node.matches() && !node.group(1).startsWith("/@")) {
                store.put(node.group(1), node.group(2));
            }
        }
        if (store.changes() == before) {
            throw new IllegalStateException("nothing recorded: " + name);
        }
        return store;
    }

    /** Events in their order. */
    public static List<Event> life(String name) {
        return lines("life/" + name + ".events").stream().map(Recorded::event).toList();
    }

    private static Event event(String line) {
        Matcher event = EVENT.matcher(line);
        if (!event.matches()) {
            int first = line.indexOf(' ');
            String[] rest = line.substring(first + 1).split(" ", 2);
            return new Event(Double.parseDouble(line.substring(0, first)), rest[0], rest[1], false, "");
        }
        String value = event.group(5) == null ? "" : event.group(5);
        return new Event(
                Double.parseDouble(event.group(1)), event.group(2), event.group(3), event.group(4) != null, value);
    }
}
