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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads a guest's USB. What is of no form that libxl writes is left out. Pure, but for the reading. */
final class VusbReader {

    /** More than any guest has slots for. */
    private static final int MAX_CONTROLLERS = 64;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final NodeReader nodes;
    private final VusbNodes places;

    VusbReader(NodeReader nodes, int domid) {
        this(nodes, new VusbNodes(domid));
    }

    private VusbReader(NodeReader nodes, VusbNodes places) {
        this.nodes = nodes;
        this.places = places;
    }

    /** In three looks, each at all that the one before has found. */
    VusbState state() {
        VusbReader folders = ahead(Stream.empty(), Stream.of(places.controllers(), places.marks()));
        List<Integer> devids = folders.devids();
        List<Integer> read = devids.stream().limit(MAX_CONTROLLERS).toList();
        VusbReader heads = folders.ahead(
                read.stream().flatMap(devid -> places.head(devid).stream()),
                folders.numbers(places.marks()).stream().map(places.marks()::child));
        List<VusbPortId> marked = heads.marked();
        VusbReader all = heads.ahead(
                Stream.concat(
                        read.stream()
                                .flatMap(devid -> heads.head(devid).stream())
                                .flatMap(Head::ports),
                        marked.stream().map(places::mark)),
                Stream.empty());
        return new VusbState(
                read.stream().flatMap(devid -> all.controller(devid).stream()).toList(), devids, all.marks(marked));
    }

    private VusbReader ahead(Stream<XenstorePath> values, Stream<XenstorePath> lists) {
        return new VusbReader(nodes.ahead(values.toList(), lists.toList()), places);
    }

    List<Integer> devids() {
        return numbers(places.controllers());
    }

    /** What a controller says of itself. */
    private record Head(VusbType type, XenstorePath base, int usbVersion, int count) {

        private XenstorePath port(int number) {
            return base.child("port").child(number);
        }

        private Stream<XenstorePath> ports() {
            return IntStream.rangeClosed(1, count).mapToObj(this::port);
        }
    }

    private Optional<Head> head(int devid) {
        Optional<VusbType> type = type(devid);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        XenstorePath base = places.base(type.get(), devid);
        int version = number(base.child("usb-ver")).orElse(0);
        int count = number(base.child("num-ports")).orElse(Integer.MAX_VALUE);
        return version < 1 || version > 3 || count > VusbController.MAX_PORTS
                ? Optional.empty()
                : Optional.of(new Head(type.get(), base, version, count));
    }

    Optional<VusbController> controller(int devid) {
        return head(devid).map(head -> {
            List<VusbPort> ports = new ArrayList<>();
            for (int number = 1; number <= head.count(); number++) {
                Optional<UntrustedText> value = nodes.read(head.port(number)).map(UntrustedText::of);
                ports.add(new VusbPort(new VusbPortId(devid, number), value));
            }
            OptionalInt state = head.type().hasBackend()
                    ? OptionalInt.of(number(head.base().child("state")).orElse(0))
                    : OptionalInt.empty();
            return new VusbController(devid, head.type(), head.usbVersion(), state, ports);
        });
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

    /** The ports that may bear a mark. */
    private List<VusbPortId> marked() {
        List<VusbPortId> found = new ArrayList<>();
        for (int devid : numbers(places.marks())) {
            numbers(places.marks().child(devid)).stream()
                    .filter(number -> number >= 1 && number <= VusbController.MAX_PORTS)
                    .forEach(number -> found.add(new VusbPortId(devid, number)));
        }
        return found;
    }

    private Map<VusbPortId, AttachmentMark> marks(List<VusbPortId> ports) {
        Map<VusbPortId, AttachmentMark> marks = new LinkedHashMap<>();
        for (VusbPortId port : ports) {
            nodes.read(places.mark(port)).flatMap(AttachmentMark::parse).ifPresent(mark -> marks.put(port, mark));
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
