package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A property of an object in QEMU's tree, as {@code qom-list} shows it.
 *
 * @param name its name
 * @param type its type; an object below is {@code child<TYPE>}, one elsewhere {@code link<TYPE>}
 */
record QomProperty(String name, String type) {

    /** Reads an answer of {@code qom-list}, leaving out what has no name or type. */
    static List<QomProperty> parse(JsonNode answer) {
        List<QomProperty> properties = new ArrayList<>();
        for (JsonNode each : answer) {
            JsonNode name = each.path("name");
            JsonNode type = each.path("type");
            if (name.isTextual() && type.isTextual()) {
                properties.add(new QomProperty(name.textValue(), type.textValue()));
            }
        }
        return properties;
    }

    /** The type of the object below, if it is one. */
    Optional<String> child() {
        return inner("child<");
    }

    /** Whether it is an entry of a bus: {@code child[0]}, a link to the device plugged in. */
    boolean isOnBus() {
        return name.startsWith("child[") && type.startsWith("link<");
    }

    /** Whether it is the object below of a certain type. */
    boolean isChild(String wanted) {
        return child().filter(wanted::equals).isPresent();
    }

    private Optional<String> inner(String prefix) {
        return type.startsWith(prefix) && type.endsWith(">")
                ? Optional.of(type.substring(prefix.length(), type.length() - 1))
                : Optional.empty();
    }
}
