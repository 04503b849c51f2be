package io.autousb.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.UntrustedText;

/**
 * Something that QEMU says by itself. Untrusted, and lost while nobody is connected: a hint.
 *
 * @param name its name, such as {@code DEVICE_DELETED}
 * @param data its data, an empty object if there is none
 */
public record QmpEvent(String name, JsonNode data) {

    /** The name, safe to print. */
    @Override
    public String toString() {
        return UntrustedText.of(name).toString();
    }
}
