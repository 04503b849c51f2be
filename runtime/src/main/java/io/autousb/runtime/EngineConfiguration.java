package io.autousb.runtime;

import io.autousb.domain.policy.Policy;
import io.autousb.domain.port.GuestSpec;
import java.util.List;
import java.util.Map;

/**
 * What the engine is to bring about.
 *
 * @param policy who is to have what
 * @param guests the guests of each hypervisor, by the hypervisor's name
 */
public record EngineConfiguration(Policy policy, Map<String, List<GuestSpec>> guests) {

    /** Copies the map. */
    public EngineConfiguration {
        guests = Map.copyOf(guests);
    }
}
