package io.autousb.domain.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place on the host's USB: a root hub ({@code usb3}) or a port reached from one ({@code 1-1.4}).
 *
 * <p>The text form is the name of the device's folder in sysfs (Linux {@code
 * drivers/usb/core/usb.c}, {@code usb_alloc_dev}). Bus numbers may change at boot.
 *
 * @param bus the bus number, 1 to {@value #MAX_BUS}
 * @param chain the port numbers from the root hub on, empty for the root hub itself
 */
public record PortPath(int bus, List<Integer> chain) implements Comparable<PortPath> {

    /** The largest bus number of Linux ({@code USB_MAXBUS} in {@code drivers/usb/core/hcd.c}). */
    public static final int MAX_BUS = 63;

    /** A device sits behind five hubs at most (USB 2.0, 4.1.1). */
    public static final int MAX_DEPTH = 6;

    private static final int MAX_PORT = 255;
    private static final Pattern ROOT_HUB = Pattern.compile("usb([1-9][0-9]{0,2})");
    private static final Pattern PORT =
            Pattern.compile("([1-9][0-9]{0,2})-([1-9][0-9]{0,2}(?:\\.[1-9][0-9]{0,2}){0,5})");
    private static final Comparator<PortPath> ORDER =
            Comparator.comparingInt(PortPath::bus).thenComparing(PortPath::chain, PortPath::compareChains);

    /** Checks the bus and port numbers. */
    public PortPath {
        if (bus < 1 || bus > MAX_BUS) {
            throw new IllegalArgumentException("bus number " + bus + " is not between 1 and " + MAX_BUS);
        }
        chain = List.copyOf(chain);
        if (chain.size() > MAX_DEPTH) {
            throw new IllegalArgumentException("a port lies at most " + MAX_DEPTH + " ports deep");
        }
        for (int port : chain) {
            if (port < 1 || port > MAX_PORT) {
                throw new IllegalArgumentException("port number " + port + " is not between 1 and " + MAX_PORT);
            }
        }
    }

    /**
     * The root hub of a bus.
     *
     * @param bus the bus number
     * @return {@code usb<bus>}
     */
    public static PortPath rootHub(int bus) {
        return new PortPath(bus, List.of());
    }

    /**
     * Reads {@code usb3} or {@code 1-1.4}.
     *
     * @param text the name as sysfs spells it
     * @return the place
     * @throws IllegalArgumentException if the text is neither
     */
    public static PortPath parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("'" + UntrustedText.of(text)
                        + "' is neither a root hub such as usb3 nor a port such as 1-1.4"));
    }

    /**
     * As {@link #parse}, for names that may well be something else.
     *
     * @param text any text
     * @return the place, or empty if the text names none
     */
    public static Optional<PortPath> tryParse(String text) {
        var root = ROOT_HUB.matcher(text);
        if (root.matches()) {
            return within(Integer.parseInt(root.group(1)), List.of());
        }
        var port = PORT.matcher(text);
        if (!port.matches()) {
            return Optional.empty();
        }
        return chain(port.group(2)).flatMap(chain -> within(Integer.parseInt(port.group(1)), chain));
    }

    /** Reads {@code 1.2.4}, the kernel's {@code devpath}; empty if a number is out of range. */
    static Optional<List<Integer>> chain(String text) {
        List<Integer> chain = new ArrayList<>();
        for (String number : text.split("\\.", -1)) {
            int port = Integer.parseInt(number);
            if (port > MAX_PORT) {
                return Optional.empty();
            }
            chain.add(port);
        }
        return Optional.of(chain);
    }

    private static Optional<PortPath> within(int bus, List<Integer> chain) {
        return bus > MAX_BUS ? Optional.empty() : Optional.of(new PortPath(bus, chain));
    }

    /**
     * Whether this is a root hub.
     *
     * @return true for {@code usb3}, false for {@code 1-1}
     */
    public boolean isRootHub() {
        return chain.isEmpty();
    }

    /**
     * Whether a place is this one or lies below it, by whole port numbers: {@code 1-1} contains {@code
     * 1-1} and {@code 1-1.4} but not {@code 1-10}.
     *
     * @param other the other place
     * @return true if {@code other} is at or below this
     */
    public boolean contains(PortPath other) {
        return bus == other.bus
                && chain.size() <= other.chain.size()
                && chain.equals(other.chain.subList(0, chain.size()));
    }

    /**
     * The hub this port belongs to.
     *
     * @return the place one step up, or empty for a root hub
     */
    public Optional<PortPath> parent() {
        return isRootHub() ? Optional.empty() : Optional.of(new PortPath(bus, chain.subList(0, chain.size() - 1)));
    }

    /**
     * A port of the hub at this place.
     *
     * @param port the port number
     * @return the place one step down
     */
    public PortPath child(int port) {
        List<Integer> longer = new ArrayList<>(chain);
        longer.add(port);
        return new PortPath(bus, longer);
    }

    @Override
    public int compareTo(PortPath other) {
        return ORDER.compare(this, other);
    }

    private static int compareChains(List<Integer> a, List<Integer> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = Integer.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** The sysfs name, which {@link #parse} reads back. */
    @Override
    public String toString() {
        if (isRootHub()) {
            return "usb" + bus;
        }
        StringBuilder text = new StringBuilder().append(bus);
        char separator = '-';
        for (int port : chain) {
            text.append(separator).append(port);
            separator = '.';
        }
        return text.toString();
    }
}
