package io.autousb.qmp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command with its arguments, written out once. Numbers go as numbers, texts as strings, as QEMU since
 * 9.2 insists ({@code qdev_device_add_from_qdict}).
 *
 * <pre>{@code
 * QmpCommand.change("device_add").with("driver", "qemu-xhci").with("p2", 15).build()
 * }</pre>
 */
public final class QmpCommand {

    private static final String END = "}\n";
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private final String name;
    private final String head;
    private final boolean change;

    private QmpCommand(String name, String head, boolean change) {
        this.name = name;
        this.head = head;
        this.change = change;
    }

    /**
     * Starts a command that only asks.
     *
     * @param name the command
     * @return a builder without arguments
     */
    public static Builder query(String name) {
        return new Builder(name, false);
    }

    /**
     * Starts a command that changes something: if its answer does not come, its outcome is unknown.
     *
     * @param name the command
     * @return a builder without arguments
     */
    public static Builder change(String name) {
        return new Builder(name, true);
    }

    boolean isChange() {
        return change;
    }

    /** What goes over the wire: pure ASCII, one line. */
    byte[] line(long id) {
        return ascii(draft(id) + END);
    }

    /** The beginning of {@link #line}: {@link #end} makes it a command, {@link #withdrawal} one that QEMU refuses. */
    byte[] start(long id) {
        return ascii(draft(id));
    }

    /** Lets what {@link #start} began be executed. */
    static byte[] end() {
        return ascii(END);
    }

    /** Lets what {@link #start} began be refused: QEMU knows no such member ({@code qmp_dispatch_check_obj}). */
    static byte[] withdrawal() {
        return ascii(",\"withdrawn\":true" + END);
    }

    private String draft(long id) {
        return head + ",\"id\":" + id;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether it is the same command with the same arguments. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QmpCommand command && head.equals(command.head) && change == command.change;
    }

    @Override
    public int hashCode() {
        return head.hashCode();
    }

    /** The command's name. */
    @Override
    public String toString() {
        return name;
    }

    /** Collects arguments. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final boolean change;
        private final StringBuilder text = new StringBuilder(128);
        private boolean empty = true;

        private Builder(String name, boolean change) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("no name of a command: " + name);
            }
            this.name = name;
            this.change = change;
            text.append("{\"execute\":\"").append(name).append('"');
        }

        /**
         * Adds a string.
         *
         * @param key the argument
         * @param value its value
         * @return this
         */
        public Builder with(String key, String value) {
            key(key);
            quote(value);
            return this;
        }

        /**
         * Adds a number.
         *
         * @param key the argument
         * @param value its value
         * @return this
         */
        public Builder with(String key, long value) {
            key(key);
            text.append(value);
            return this;
        }

        /**
         * Adds a truth value.
         *
         * @param key the argument
         * @param value its value
         * @return this
         */
        public Builder with(String key, boolean value) {
            key(key);
            text.append(value);
            return this;
        }

        /**
         * Makes the command.
         *
         * @return the command
         */
        public QmpCommand build() {
            return new QmpCommand(name, empty ? text.toString() : text + "}", change);
        }

        private void key(String key) {
            text.append(empty ? ",\"arguments\":{" : ",");
            empty = false;
            quote(key);
            text.append(':');
        }

        private void quote(String value) {
            text.append('"');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c >= ' ' && c <= '~') {
                    text.append(c);
                } else {
                    text.append("\\u").append(String.format(Locale.ROOT, "%04x", (int) c));
                }
            }
            text.append('"');
        }
    }
}
