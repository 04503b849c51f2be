package io.autousb.cli.listing;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The host's USB as a tree for people: plain ASCII, one line for each device. */
public final class TopologyTree {

    private record Row(String place, Optional<UsbDevice> device) {}

    private final HostTopology topology;
    private final TreeMap<PortPath, UsbDevice> all = new TreeMap<>();
    private final List<Row> rows = new ArrayList<>();

    private TopologyTree(HostTopology topology) {
        this.topology = topology;
        Stream.concat(topology.hubs().stream().map(Hub::device), topology.devices().stream())
                .forEach(device -> all.put(device.path(), device));
    }

    /**
     * Draws the tree.
     *
     * @param topology the host
     * @return its lines
     */
    public static List<String> of(HostTopology topology) {
        TopologyTree tree = new TopologyTree(topology);
        for (UsbController controller : topology.controllers()) {
            tree.rows.add(new Row(UntrustedText.of(controller.name()).toString(), Optional.empty()));
            tree.grow("", tree.rootsOf(controller));
        }
        List<UsbDevice> orphans = tree.orphans();
        if (!orphans.isEmpty()) {
            tree.rows.add(new Row("(no controller)", Optional.empty()));
            tree.grow("", orphans);
        }
        return tree.lines();
    }

    private List<UsbDevice> rootsOf(UsbController controller) {
        return all.values().stream()
                .filter(device -> device.path().isRootHub())
                .filter(device -> controller.buses().contains(device.path().bus()))
                .toList();
    }

    /** What hangs on nothing that is there, because the snapshot was taken in the midst of a change. */
    private List<UsbDevice> orphans() {
        return all.values().stream()
                .filter(device -> device.path()
                        .parent()
                        .map(parent -> !all.containsKey(parent))
                        .orElseGet(() -> topology.controllers().stream()
                                .noneMatch(
                                        it -> it.buses().contains(device.path().bus()))))
                .toList();
    }

    private void grow(String indent, List<UsbDevice> siblings) {
        for (int i = 0; i < siblings.size(); i++) {
            UsbDevice device = siblings.get(i);
            boolean last = i == siblings.size() - 1;
            rows.add(new Row(indent + (last ? "`-- " : "|-- ") + device.path(), Optional.of(device)));
            grow(indent + (last ? "    " : "|   "), childrenOf(device.path()));
        }
    }

    private List<UsbDevice> childrenOf(PortPath path) {
        return all.values().stream()
                .filter(device -> device.path().parent().filter(path::equals).isPresent())
                .toList();
    }

    private List<String> lines() {
        int places = width(row -> row.place());
        int classes = width(row -> row.device().map(this::kind).orElse(""));
        return rows.stream()
                .map(row -> row.device()
                        .map(device -> pad(row.place(), places) + "  " + device.id() + "  "
                                + pad(speed(device.speed()), 9) + "  " + pad(kind(device), classes) + "  "
                                + remarks(device))
                        .orElse(row.place())
                        .stripTrailing())
                .toList();
    }

    private int width(Function<Row, String> column) {
        return rows.stream()
                .filter(row -> row.device().isPresent())
                .mapToInt(row -> column.apply(row).length())
                .max()
                .orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String speed(UsbSpeed speed) {
        return speed == UsbSpeed.UNKNOWN ? "?" : speed + " Mb/s";
    }

    private String kind(UsbDevice device) {
        if (device.isHub()) {
            int ports =
                    topology.hubAt(device.path()).map(hub -> hub.ports().size()).orElse(0);
            return "hub, " + ports + (ports == 1 ? " port" : " ports");
        }
        String drivers = device.interfaces().stream()
                .map(UsbInterface::driver)
                .flatMap(Optional::stream)
                .distinct()
                .map(driver -> UntrustedText.of(driver).toString())
                .collect(Collectors.joining(", "));
        return ClassNames.of(device) + (drivers.isEmpty() ? "" : " [" + drivers + "]");
    }

    private static String remarks(UsbDevice device) {
        List<String> remarks = new ArrayList<>();
        device.manufacturer().ifPresent(text -> remarks.add("\"" + text + "\""));
        device.product().ifPresent(text -> remarks.add("\"" + text + "\""));
        device.serial().filter(text -> !device.isHub()).ifPresent(text -> remarks.add("serial \"" + text + "\""));
        if (!device.authorized()) {
            remarks.add("NOT AUTHORIZED");
        } else if (device.interfaces().isEmpty()) {
            remarks.add("NOT CONFIGURED");
        } else if (!device.initialized()) {
            remarks.add("udev has yet to run");
        }
        return String.join(" ", remarks);
    }
}
