package io.autousb.xen.vusb;

import io.autousb.domain.model.UntrustedText;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.XenstorePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads a guest's USB. What is of no form that libxl writes is left out. Pure, but for the reading. */
final class VusbReader {

    /** More than any guest has slots for. */
    private static final int MAX_CONTROLLERS = 64;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final NodeReader nodes;
    private final VusbNodes places;

    VusbReader(NodeReader nodes, int domid) {
        this.nodes = nodes;
        this.places = new VusbNodes(domid);
    }

    VusbState state() {
        List<Integer> devids = devids();
        List<VusbController> controllers = devids.stream()
                .limit(MAX_CONTROLLERS)
                .flatMap(devid -> controller(devid).stream())
                .toList();
        return new VusbState(controllers, devids, marks());
    }

    List<Integer> devids() {
        return numbers(places.controllers());
    }

    Optional<VusbController> controller(int devid) {
        Optional<VusbType> type = type(devid);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        XenstorePath base = places.base(type.get(), devid);
        OptionalInt version = number(base.child("usb-ver"));
        OptionalInt count = number(base.child("num-ports"));
        if (version.orElse(0) < 1
                || version.orElse(0) > 3
                || count.isEmpty()
                || count.getAsInt() > VusbController.MAX_PORTS) {
            return Optional.empty();
        }
        List<VusbPort> ports = new ArrayList<>();
        for (int number = 1; number <= count.getAsInt(); number++) {
            ports.add(new VusbPort(new VusbPortId(devid, number), value(type.get(), devid, number)));
        }
        OptionalInt state = type.get().hasBackend()
                ? OptionalInt.of(number(base.child("state")).orElse(0))
                : OptionalInt.empty();
        return Optional.of(new VusbController(devid, type.get(), version.getAsInt(), state, ports));
    }

    /** The type of a controller that the control domain serves: libxl itself uses no other. */
    private Optional<VusbType> type(int devid) {
        XenstorePath node = places.controller(devid);
        return nodes.read(node.child("type"))
                .flatMap(VusbType::parse)
                .filter(type -> !type.hasBackend()
                        || nodes.read(node.child("backend"))
                                .filter(places.base(type, devid).text()::equals)
                                .isPresent());
    }

    private Optional<UntrustedText> value(VusbType type, int devid, int number) {
        return nodes.read(places.ports(type, devid).child(number)).map(UntrustedText::of);
    }

    /**
     * Where a port's value is.
     *
     * @return the node; empty if no controller has the port
     */
    Optional<XenstorePath> place(VusbPortId port) {
        return type(port.controller())
                .filter(type -> port.number()
                        <= number(places.base(type, port.controller()).child("num-ports"))
                                .orElse(0))
                .map(type -> places.ports(type, port.controller()).child(port.number()));
    }

    private Map<VusbPortId, AttachmentMark> marks() {
        Map<VusbPortId, AttachmentMark> marks = new LinkedHashMap<>();
        for (int devid : numbers(places.marks())) {
            for (int number : numbers(places.marks().child(devid))) {
                if (number >= 1 && number <= VusbController.MAX_PORTS) {
                    VusbPortId port = new VusbPortId(devid, number);
                    nodes.read(places.mark(port))
                            .flatMap(AttachmentMark::parse)
                            .ifPresent(mark -> marks.put(port, mark));
                }
            }
        }
        return marks;
    }

    private List<Integer> numbers(XenstorePath folder) {
        return nodes.list(folder).orElse(List.of()).stream()
                .filter(name -> NUMBER.matcher(name).matches())
                .map(Integer::valueOf)
                .sorted()
                .toList();
    }

    private OptionalInt number(XenstorePath path) {
        String text = nodes.read(path).orElse("");
        return NUMBER.matcher(text).matches() ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
