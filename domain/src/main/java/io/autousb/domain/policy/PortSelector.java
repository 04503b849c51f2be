package io.autousb.domain.policy;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a person writes to name a port or hub: a {@link PortPath} ({@code usb3}, {@code 1-1.4}), or the
 * form that stays the same when bus numbers change, udev's {@code ID_PATH}: {@code
 * pci-0000:00:14.0-usb-0:1.2} for a port, {@code pci-0000:00:14.0} for a whole controller. Either form of
 * a port stands for a socket, thus for both the USB 2 and the USB 3 port behind it. A root hub stands for its bus alone.
 *
 * @param text as written
 * @param path the place, for the bus form
 * @param controller the controller's name, for the stable form
 * @param chain the port numbers below the controller, for the stable form
 */
public record PortSelector(String text, Optional<PortPath> path, Optional<String> controller, List<Integer> chain) {

    private static final Pattern STABLE = Pattern.compile(
            "((?:pci|platform|acpi)-[A-Za-z0-9:._-]+?)(?:-usb-0:([1-9][0-9]{0,2}(?:\\.[1-9][0-9]{0,2}){0,5}))?");
    /** What no controller's name has in it: a port that is written wrongly. */
    private static final Pattern PORT_LIKE = Pattern.compile("-usb(?:v[0-9]+)?-[0-9]+:");

    /** Checks that exactly one of the two forms is there. */
    public PortSelector {
        if (path.isPresent() == controller.isPresent()) {
            throw new IllegalArgumentException("a port selector has either a path or a controller: " + text);
        }
        chain = List.copyOf(chain);
    }

    /**
     * Reads either form.
     *
     * @param text as written
     * @return the selector
     * @throws IllegalArgumentException if the text has neither form
     */
    public static PortSelector parse(String text) {
        Optional<PortPath> path = PortPath.tryParse(text);
        if (path.isPresent()) {
            return new PortSelector(text, path, Optional.empty(), List.of());
        }
        var stable = STABLE.matcher(text);
        if (stable.matches() && !PORT_LIKE.matcher(stable.group(1)).find()) {
            Optional<List<Integer>> chain = stable.group(2) == null
                    ? Optional.of(List.of())
                    : PortPath.tryParse("1-" + stable.group(2)).map(PortPath::chain);
            if (chain.isPresent()) {
                return new PortSelector(text, Optional.empty(), Optional.of(stable.group(1)), chain.get());
            }
        }
        throw new IllegalArgumentException("'" + UntrustedText.of(text)
                + "' names no hub or port: write a root hub such as usb3, a port such as 1-1.4,"
                + " or its stable form such as pci-0000:00:14.0-usb-0:1.2");
    }

    /**
     * A selector for one place.
     *
     * @param path the place
     * @return its bus form
     */
    public static PortSelector of(PortPath path) {
        return new PortSelector(path.toString(), Optional.of(path), Optional.empty(), List.of());
    }

    /**
     * The places this names on a given host.
     *
     * @param topology the host
     * @return none while the controller is absent, two for a socket that has a peer, else one; for the bus form the
     *     place itself comes first
     */
    public List<PortPath> resolve(HostTopology topology) {
        if (path.isPresent()) {
            return Stream.concat(path.stream(), topology.peer(path.get()).stream())
                    .toList();
        }
        return topology.controllers().stream()
                .filter(candidate -> candidate.name().equals(controller.orElseThrow()))
                .flatMap(candidate -> candidate.buses().stream())
                .map(bus -> new PortPath(bus, chain))
                .toList();
    }

    /**
     * Whether a place is one that this names by itself, not one that is only its peer.
     *
     * @param place one of those that {@link #resolve} gives
     * @return true for all of the stable form
     */
    public boolean names(PortPath place) {
        return path.isEmpty() || path.get().equals(place);
    }

    /** The text as written. */
    @Override
    public String toString() {
        return text;
    }
}
