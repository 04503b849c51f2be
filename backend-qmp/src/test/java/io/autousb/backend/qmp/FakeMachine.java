package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The object tree of a QEMU on machine {@code pc} with one xHCI, as QEMU 7.2.22 shows it, and what {@code
 * device_add} and {@code device_del} do to it. Messages as recorded. Callers synchronise.
 */
final class FakeMachine {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** QEMU says no. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final String errorClass;

        Refusal(String errorClass, String message) {
            super(message);
            this.errorClass = errorClass;
        }

        String errorClass() {
            return errorClass;
        }
    }

    /** An object: type, properties, and for a bus the devices on it by entry. */
    private static final class Obj {
        private final String type;
        private final Map<String, JsonNode> properties = new LinkedHashMap<>();
        private final Map<String, String> entries = new LinkedHashMap<>();
        private int nextEntry;

        private Obj(String type) {
            this.type = type;
        }
    }

    private final Map<String, Obj> objects = new LinkedHashMap<>();
    private final Consumer<ObjectNode> events;
    private final Set<String> closedNodes;
    private final Set<String> leaving = new HashSet<>();
    private int anonymous;
    private String noRoom = "";
    private String status = "running";
    private String refusal = "";
    private boolean old;
    private Unplug unplug = Unplug.AT_ONCE;

    /** How devices go. */
    enum Unplug {
        /** At once, with the event. */
        AT_ONCE,
        /** At once, but nobody is told. */
        SILENT,
        /** Some time, when the guest lets them go. */
        PENDING
    }

    FakeMachine(Consumer<ObjectNode> events, Set<String> closedNodes) {
        this(events, closedNodes, "qemu-xhci", "usb", 8);
    }

    /** With another controller. */
    FakeMachine(Consumer<ObjectNode> events, Set<String> closedNodes, String driver, String controller, int ports) {
        this.events = events;
        this.closedNodes = closedNodes;
        for (String container : List.of(Qom.NAMED, Qom.ANONYMOUS, Qom.ONBOARD)) {
            objects.put(container, new Obj("container"));
        }
        addXhci(driver, controller, ports);
    }

    void status(String value) {
        status = value;
    }

    /** Makes it a QEMU before 4.2. */
    void old() {
        old = true;
    }

    void unplug(Unplug value) {
        unplug = value;
    }

    /** The guest does not let a device go. */
    void refuseUnplug(String handle) {
        tell("DEVICE_UNPLUG_GUEST_ERROR", handle);
    }

    /** The guest lets a device go. */
    void finishUnplug(String handle) {
        remove(path(handle));
        tell("DEVICE_DELETED", handle);
    }

    void full() {
        refuseControllers("Bus 'pcie.0' does not support hotplugging");
    }

    void refuseControllers(String text) {
        noRoom = text;
    }

    void refuseNextAttach(String text) {
        refusal = text;
    }

    void setAttached(String handle, boolean attached) {
        objects.get(path(handle)).properties.put("attached", NODES.booleanNode(attached));
    }

    /** Answers a command. */
    JsonNode execute(String command, JsonNode arguments) throws Refusal {
        return switch (command) {
            case "qmp_capabilities" -> NODES.objectNode();
            case "query-status" -> NODES.objectNode().put("status", status);
            case "device-list-properties" -> usbHostProperties();
            case "qom-list" -> list(arguments.path("path").asText());
            case "qom-get" ->
                get(arguments.path("path").asText(), arguments.path("property").asText());
            case "device_add" -> add(arguments);
            case "device_del" -> delete(arguments.path("id").asText());
            default -> throw new Refusal("CommandNotFound", "The command " + command + " has not been found");
        };
    }

    private JsonNode usbHostProperties() {
        return NODES.arrayNode()
                .add(NODES.objectNode()
                        .put("name", old ? "hostport" : "hostdevice")
                        .put("type", "str"))
                .add(NODES.objectNode().put("name", "hostbus").put("type", "uint32"));
    }

    private JsonNode list(String path) throws Refusal {
        Obj object = find(path);
        ArrayNode answer = NODES.arrayNode();
        answer.add(property("type", "string"));
        object.properties.keySet().forEach(name -> answer.add(property(name, "str")));
        object.entries.forEach(
                (entry, target) -> answer.add(property(entry, "link<" + objects.get(target).type + ">")));
        String prefix = path + "/";
        objects.forEach((each, child) -> {
            if (each.startsWith(prefix) && each.indexOf('/', prefix.length()) < 0) {
                answer.add(property(each.substring(prefix.length()), "child<" + child.type + ">"));
            }
        });
        return answer;
    }

    private JsonNode get(String path, String property) throws Refusal {
        Obj object = find(path);
        if (object.entries.containsKey(property)) {
            return NODES.textNode(object.entries.get(property));
        }
        JsonNode value = object.properties.get(property);
        if (value == null) {
            throw new Refusal("GenericError", "Property '" + object.type + "." + property + "' not found");
        }
        return value;
    }

    private Obj find(String path) throws Refusal {
        Obj object = objects.get(path);
        if (object == null) {
            throw new Refusal("DeviceNotFound", "Device '" + path + "' not found");
        }
        return object;
    }

    private JsonNode add(JsonNode arguments) throws Refusal {
        String id = arguments.path("id").asText();
        if (!id.isEmpty() && objects.containsKey(Qom.NAMED + "/" + id)) {
            throw new Refusal("GenericError", "Duplicate device ID '" + id + "'");
        }
        String driver = arguments.path("driver").asText();
        if (ControllerKind.of(driver).isPresent()) {
            if (!noRoom.isEmpty()) {
                throw new Refusal("GenericError", noRoom);
            }
            addController(driver, id, arguments);
        } else {
            addDevice(id, arguments);
        }
        return NODES.objectNode();
    }

    /** Only an xHCI can be told how many ports it is to have. */
    private void addController(String driver, String id, JsonNode arguments) throws Refusal {
        if (driver.endsWith("-xhci")) {
            addXhci(driver, id, arguments.path("p2").asInt());
            return;
        }
        if (arguments.has("p2")) {
            throw new Refusal("GenericError", "Property '" + driver + ".p2' not found");
        }
        objects.put(Qom.NAMED + "/" + id, new Obj(driver));
        objects.put(Qom.NAMED + "/" + id + "/" + id + ".0", new Obj("usb-bus"));
    }

    private void addXhci(String driver, String id, int ports) {
        Obj controller = new Obj(driver);
        controller.properties.put("p2", NODES.numberNode(ports));
        controller.properties.put("p3", NODES.numberNode(ports));
        objects.put(Qom.NAMED + "/" + id, controller);
        objects.put(Qom.NAMED + "/" + id + "/" + id + ".0", new Obj("usb-bus"));
    }

    private void addDevice(String id, JsonNode arguments) throws Refusal {
        String bus = arguments.path("bus").asText();
        String port = arguments.path("port").asText();
        String busPath = objects.entrySet().stream()
                .filter(each ->
                        each.getValue().type.equals("usb-bus") && each.getKey().endsWith("/" + bus))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new Refusal("GenericError", "Bus '" + bus + "' not found"));
        requirePort(busPath, bus, port);
        String driver = arguments.path("driver").asText();
        if (driver.equals("usb-host")) {
            requireOpen(arguments.path("hostdevice").asText());
        }
        Obj device = new Obj(driver);
        Map<String, JsonNode> defaults = Map.of(
                "port", NODES.textNode(""),
                "hostdevice", NODES.textNode(""),
                "hostport", NODES.textNode(""),
                "hostbus", NODES.numberNode(0),
                "hostaddr", NODES.numberNode(0),
                "vendorid", NODES.numberNode(0),
                "productid", NODES.numberNode(0),
                "attached", NODES.booleanNode(true));
        device.properties.putAll(defaults);
        device.properties.put("parent_bus", NODES.textNode(busPath));
        arguments.properties().forEach(each -> {
            if (defaults.containsKey(each.getKey())) {
                device.properties.put(each.getKey(), each.getValue());
            }
        });
        String path = id.isEmpty() ? Qom.ANONYMOUS + "/device[" + anonymous++ + "]" : Qom.NAMED + "/" + id;
        objects.put(path, device);
        Obj on = objects.get(busPath);
        on.entries.put("child[" + on.nextEntry++ + "]", path);
    }

    private void requirePort(String busPath, String bus, String port) throws Refusal {
        int ports = objects.get(busPath.substring(0, busPath.lastIndexOf('/')))
                .properties
                .get("p2")
                .asInt();
        boolean taken = objects.get(busPath).entries.values().stream()
                .anyMatch(path ->
                        objects.get(path).properties.get("port").asText().equals(port));
        if (taken || Integer.parseInt(port) > ports) {
            throw new Refusal("GenericError", "usb port " + port + " (bus " + bus + ") not found (in use?)");
        }
    }

    private void requireOpen(String node) throws Refusal {
        if (!refusal.isEmpty()) {
            String text = refusal;
            refusal = "";
            throw new Refusal("GenericError", text);
        }
        if (closedNodes.contains(node)) {
            throw new Refusal("GenericError", "failed to open " + node + ": Permission denied");
        }
    }

    private JsonNode delete(String handle) throws Refusal {
        String path = path(handle);
        if (!objects.containsKey(path)) {
            throw new Refusal("DeviceNotFound", "Device '" + handle + "' not found");
        }
        if (unplug == Unplug.PENDING) {
            if (!leaving.add(path)) {
                throw new Refusal("GenericError", "Device " + handle + " is already in the process of unplug");
            }
            return NODES.objectNode();
        }
        remove(path);
        if (unplug == Unplug.AT_ONCE) {
            tell("DEVICE_DELETED", handle);
        }
        return NODES.objectNode();
    }

    private void remove(String path) {
        objects.remove(path);
        objects.values().forEach(each -> each.entries.values().remove(path));
    }

    /** The device's name is in the event only if it has one. */
    private void tell(String name, String handle) {
        ObjectNode data = NODES.objectNode();
        if (!handle.startsWith("/")) {
            data.put("device", handle);
        }
        ObjectNode event = NODES.objectNode();
        event.put("event", name).set("data", data.put("path", path(handle)));
        events.accept(event);
    }

    private static String path(String handle) {
        return handle.startsWith("/") ? handle : Qom.NAMED + "/" + handle;
    }

    private static ObjectNode property(String name, String type) {
        return NODES.objectNode().put("name", name).put("type", type);
    }

    static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(line, e);
        }
    }
}
