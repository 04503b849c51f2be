package io.autousb.qmp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a QEMU's arguments say of its name and its QMP monitors. A comma in a value is doubled (QEMU {@code
 * util/qemu-option.c}, {@code get_opt_value}). Pure.
 *
 * @param name the guest's name, if {@code -name} gives one
 * @param sockets paths of its QMP monitors' sockets, as written, in order
 */
public record QemuCommandLine(Optional<String> name, List<String> sockets) {

    /** Copies the list. */
    public QemuCommandLine {
        sockets = List.copyOf(sockets);
    }

    /**
     * Reads arguments.
     *
     * @param arguments without the program's own name
     * @return what they say; of options that are given several times, the last one
     */
    public static QemuCommandLine parse(List<String> arguments) {
        Collected collected = new Collected();
        int i = 0;
        while (i + 1 < arguments.size()) {
            i += collected.take(option(arguments.get(i)), arguments.get(i + 1)) ? 2 : 1;
        }
        return collected.finish();
    }

    /** What has been read so far. */
    private static final class Collected {
        private final List<String> sockets = new ArrayList<>();
        private final Map<String, String> chardevs = new LinkedHashMap<>();
        private final Set<String> controlled = new HashSet<>();
        private @Nullable String name;

        /** Takes an option with its value; false if it is none of ours. */
        private boolean take(String option, String value) {
            switch (option) {
                case "-name" -> name = parameters(value, "guest").get("guest");
                case "-qmp", "-qmp-pretty" -> unixPath(value).ifPresent(sockets::add);
                case "-chardev" -> chardev(parameters(value, "backend"));
                case "-mon" -> monitor(parameters(value, "chardev"));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void chardev(Map<String, String> chardev) {
            String id = chardev.get("id");
            String path = chardev.get("path");
            if (id != null && path != null && "socket".equals(chardev.get("backend"))) {
                chardevs.put(id, path);
            }
        }

        private void monitor(Map<String, String> monitor) {
            String chardev = monitor.get("chardev");
            if (chardev != null && "control".equals(monitor.get("mode"))) {
                controlled.add(chardev);
            }
        }

        private QemuCommandLine finish() {
            chardevs.forEach((id, path) -> {
                if (controlled.contains(id)) {
                    sockets.add(path);
                }
            });
            return new QemuCommandLine(Optional.ofNullable(name), sockets);
        }
    }

    /** QEMU takes {@code --name} for {@code -name}. */
    private static String option(String argument) {
        return argument.startsWith("--") ? argument.substring(1) : argument;
    }

    private static Optional<String> unixPath(String value) {
        if (!value.startsWith("unix:")) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                parameters(value.substring("unix:".length()), "path").get("path"));
    }

    /** Splits {@code first,key=value,...}; a part without {@code =} is the first key's value, or a flag. */
    private static Map<String, String> parameters(String text, String first) {
        Map<String, String> parameters = new LinkedHashMap<>();
        boolean leading = true;
        for (String part : split(text)) {
            int equals = part.indexOf('=');
            if (leading && equals < 0) {
                parameters.put(first, part);
            } else {
                parameters.put(
                        equals < 0 ? part : part.substring(0, equals), equals < 0 ? "on" : part.substring(equals + 1));
            }
            leading = false;
        }
        return parameters;
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ',') {
                part.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
                part.append(',');
                i++;
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
