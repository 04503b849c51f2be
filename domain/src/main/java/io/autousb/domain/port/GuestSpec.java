package io.autousb.domain.port;

import java.util.Map;

/**
 * A guest that the configuration speaks of, whether or not it exists now.
 *
 * @param name the name it is called by
 * @param settings what the configuration says for this hypervisor, by the names that its provider
 *     declares as options of a guest
 */
public record GuestSpec(String name, Map<String, String> settings) {

    /** Checks the name and copies the settings. */
    public GuestSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a guest has a name");
        }
        settings = Map.copyOf(settings);
    }
}
