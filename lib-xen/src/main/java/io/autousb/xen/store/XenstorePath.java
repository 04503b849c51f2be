package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;

/**
 * The absolute path of a node, such as {@code /local/domain/3/name}. Safe to print: it holds nothing but
 * {@code A-Za-z0-9-_@/} (xen {@code docs/misc/xenstore.txt}, "XENSTORE PATHS"). The colon and the dot of
 * host device names are not among them.
 *
 * @param text the path, at most {@value #MAX_LENGTH} characters
 */
public record XenstorePath(String text) implements WatchTarget {

    /**
     * {@code XENSTORE_ABS_PATH_MAX} in xen {@code xen/include/public/io/xs_wire.h}, less the closing zero. Daemons refuse
     * more than they are set to: 2048 characters the C daemon, 1024 oxenstored, both not counting {@code /local/domain/N/}.
     */
    public static final int MAX_LENGTH = 3071;

    /** The node that all others are below. */
    public static final XenstorePath ROOT = new XenstorePath("/");

    /** Checks the text. */
    public XenstorePath {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a xenstore path of " + text.length() + " characters");
        }
        if (!isPath(text)) {
            throw new IllegalArgumentException("no xenstore path: " + printable(text));
        }
    }

    /**
     * Reads a path.
     *
     * @param text as it stands in xenstore
     * @return the path
     * @throws IllegalArgumentException if it is none
     */
    public static XenstorePath of(String text) {
        return new XenstorePath(text);
    }

    /**
     * Whether a text can be the name of a node.
     *
     * @param name any text
     * @return true if {@link #child(String)} takes it
     */
    public static boolean isName(String name) {
        return !name.isEmpty() && name.chars().allMatch(XenstorePath::isNameCharacter);
    }

    /**
     * A node directly below this one.
     *
     * @param name its name, such as one that {@link NodeReader#list} has returned
     * @return its path
     * @throws IllegalArgumentException if it cannot be a name, or the path becomes too long
     */
    public XenstorePath child(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("no name of a xenstore node: " + printable(name));
        }
        return new XenstorePath((isRoot() ? "" : text) + "/" + name);
    }

    /**
     * A node directly below this one that is named by a number: a domain, a controller, a port.
     *
     * @param number at least 0
     * @return its path
     * @throws IllegalArgumentException if the number is negative, or the path becomes too long
     */
    public XenstorePath child(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("no number of a xenstore node: " + number);
        }
        return child(Integer.toString(number));
    }

    /**
     * The node that this one is directly below.
     *
     * @return its path; for the root, the root
     */
    public XenstorePath parent() {
        int slash = text.lastIndexOf('/');
        return slash <= 0 ? ROOT : new XenstorePath(text.substring(0, slash));
    }

    /**
     * The last part.
     *
     * @return the node's name; empty for the root
     */
    public String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /**
     * Whether this is a node or below it, by whole names: {@code /a/b} starts with {@code /a}, {@code /ab}
     * does not.
     *
     * @param other another path
     * @return true also if they are equal
     */
    public boolean startsWith(XenstorePath other) {
        return other.isRoot() || text.equals(other.text) || text.startsWith(other.text + "/");
    }

    /** Whether {@link #of} takes a text. */
    static boolean isPath(String text) {
        if (!text.startsWith("/") || text.contains("//") || text.length() > MAX_LENGTH) {
            return false;
        }
        boolean ends = text.length() == 1 || !text.endsWith("/");
        return ends && text.chars().allMatch(c -> c == '/' || isNameCharacter(c));
    }

    private static boolean isNameCharacter(int c) {
        boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
        return letter || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '@';
    }

    private boolean isRoot() {
        return text.equals("/");
    }

    private static String printable(String text) {
        return UntrustedText.of(text).toString();
    }

    /** The path. */
    @Override
    public String toString() {
        return text;
    }
}
