package org.example.virsh;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What {@code virsh dumpxml} says of a guest that matters here. A pure function of the text, which is taken for hostile.
 *
 * @param name the guest's
 * @param uuid the guest's own
 * @param run which run of it, or empty if it does not run
 * @param controllers its USB controllers
 * @param hostdevs the host's USB devices that it has
 * @param used what sits on ports of these controllers
 */
record DomainXml(
        String name,
        String uuid,
        Optional<String> run,
        List<UsbController> controllers,
        List<UsbHostdev> hostdevs,
        List<UsbPort> used) {

    private static final int MOST_BUSES = 63;
    private static final int MOST_DEVICES = 127;
    /** Of any controller of QEMU's ({@code hw/usb/hcd-xhci.h}, {@code XHCI_MAXPORTS_2}). */
    private static final int MOST_PORTS = 15;

    /** A place: the controller's index and the port. */
    record UsbPort(int bus, int port) {}

    /** A controller. */
    record UsbController(int index, String model, OptionalInt ports) {}

    /** A host device under an alias. libvirt tells the address also of one that was asked for by vendor and product. */
    record UsbHostdev(String alias, Optional<DeviceAddress> address, Optional<UsbPort> port) {}

    static DomainXml parse(String text) {
        Element domain;
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            domain = builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw BackendException.of(BackendException.PROTOCOL, "virsh dumpxml says what is no XML")
                    .cause(e)
                    .build();
        }
        String uuid = first(domain, "uuid").map(each -> each.getTextContent().strip()).orElse("");
        if (!domain.getTagName().equals("domain") || uuid.isEmpty()) {
            throw BackendException.of(BackendException.PROTOCOL, "virsh dumpxml describes no domain").build();
        }
        String run = domain.getAttribute("id");
        List<Element> devices = first(domain, "devices").stream().flatMap(DomainXml::children).toList();
        return new DomainXml(
                first(domain, "name").map(Element::getTextContent).orElse(""),
                uuid,
                run.isEmpty() ? Optional.empty() : Optional.of(run),
                devices.stream().flatMap(DomainXml::controller).toList(),
                devices.stream().flatMap(DomainXml::hostdev).toList(),
                devices.stream().flatMap(each -> port(each).stream()).toList());
    }

    private static Stream<UsbController> controller(Element device) {
        if (!device.getTagName().equals("controller") || !device.getAttribute("type").equals("usb")) {
            return Stream.empty();
        }
        OptionalInt index = number(device.getAttribute("index"));
        return index.isEmpty()
                ? Stream.empty()
                : Stream.of(new UsbController(
                        index.getAsInt(), device.getAttribute("model"), ports(device.getAttribute("ports"))));
    }

    private static Stream<UsbHostdev> hostdev(Element device) {
        if (!device.getTagName().equals("hostdev") || !device.getAttribute("type").equals("usb")) {
            return Stream.empty();
        }
        Optional<String> alias = first(device, "alias").map(each -> each.getAttribute("name")).filter(name -> !name.isBlank());
        Optional<Element> source = first(device, "source");
        if (alias.isEmpty() || source.isEmpty()) {
            return Stream.empty();
        }
        return Stream.of(new UsbHostdev(alias.get(), address(source.get()), port(device)));
    }

    private static Optional<DeviceAddress> address(Element source) {
        return first(source, "address").flatMap(each -> {
            OptionalInt bus = number(each.getAttribute("bus"));
            OptionalInt device = number(each.getAttribute("device"));
            return isIn(bus, MOST_BUSES) && isIn(device, MOST_DEVICES)
                    ? Optional.of(new DeviceAddress(bus.getAsInt(), device.getAsInt()))
                    : Optional.empty();
        });
    }

    /** Where a device sits; of one behind a hub, where the hub sits. */
    private static Optional<UsbPort> port(Element device) {
        return first(device, "address")
                .filter(each -> each.getAttribute("type").equals("usb"))
                .flatMap(each -> {
                    OptionalInt bus = number(each.getAttribute("bus"));
                    OptionalInt port = number(each.getAttribute("port").split("\\.", -1)[0]);
                    return bus.isPresent() && port.isPresent() && port.getAsInt() > 0
                            ? Optional.of(new UsbPort(bus.getAsInt(), port.getAsInt()))
                            : Optional.empty();
                });
    }

    private static Optional<Element> first(Element parent, String name) {
        return children(parent).filter(each -> each.getTagName().equals(name)).findFirst();
    }

    private static Stream<Element> children(Element parent) {
        NodeList all = parent.getChildNodes();
        List<Element> elements = new ArrayList<>();
        IntStream.range(0, all.getLength())
                .mapToObj(all::item)
                .forEach(node -> {
                    if (node instanceof Element element) {
                        elements.add(element);
                    }
                });
        return elements.stream();
    }

    private static boolean isIn(OptionalInt number, int most) {
        return number.isPresent() && number.getAsInt() > 0 && number.getAsInt() <= most;
    }

    private static OptionalInt ports(String text) {
        OptionalInt ports = number(text);
        return isIn(ports, MOST_PORTS) ? ports : OptionalInt.empty();
    }

    private static OptionalInt number(String text) {
        return text.matches("[0-9]{1,6}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
