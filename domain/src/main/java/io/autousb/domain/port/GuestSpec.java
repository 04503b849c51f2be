package io.autousb.domain.port;

import java.util.Map;

/**
 * A guest that the configuration speaks of, whether or not it exists now.
 *
 * @param name the name it is called by
 * @param settings what the configuration says for this hypervisor, by the names that its provider
 *     declares as options of a guest
 * @param named whether this very hypervisor is named for the guest. If so, it shows the guest even if it cannot serve
 *     it, and says why; if not, it is silent about a guest that is another hypervisor's
 */
public record GuestSpec(String name, Map<String, String> settings, boolean named) {

    /** Checks the name and copies the settings. */
    public GuestSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a guest has a name");
        }
        settings = Map.copyOf(settings);
    }

    /**
     * A guest that this very hypervisor is named for.
     *
     * @param name the name it is called by
     * @param settings as above
     */
    public GuestSpec(String name, Map<String, String> settings) {
        this(name, settings, true);
    }
}
