package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.util.List;
import java.util.function.Function;

/** Asks for objects in QEMU's tree, always by absolute path. What is not there (any more) is empty. */
final class Qom {

    static final String NAMED = "/machine/peripheral";
    static final String ANONYMOUS = "/machine/peripheral-anon";
    static final String ONBOARD = "/machine/unattached";

    private final Function<QmpCommand, JsonNode> monitor;

    /** Asks by way of a function that executes a command. */
    Qom(Function<QmpCommand, JsonNode> monitor) {
        this.monitor = monitor;
    }

    JsonNode execute(QmpCommand command) {
        return monitor.apply(command);
    }

    /** An object's properties; none if it is not there. */
    List<QomProperty> list(String path) {
        return QomProperty.parse(ask(QmpCommand.query("qom-list").with("path", path)));
    }

    String text(String path, String property) {
        return get(path, property).asText();
    }

    int number(String path, String property) {
        return get(path, property).asInt();
    }

    boolean flag(String path, String property) {
        return get(path, property).asBoolean();
    }

    private JsonNode get(String path, String property) {
        return ask(QmpCommand.query("qom-get").with("path", path).with("property", property));
    }

    private JsonNode ask(QmpCommand.Builder command) {
        try {
            return monitor.apply(command.build());
        } catch (QmpErrorException e) {
            return MissingNode.getInstance();
        }
    }
}
