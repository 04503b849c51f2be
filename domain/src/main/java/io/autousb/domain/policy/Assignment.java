package io.autousb.domain.policy;

import io.autousb.domain.model.Generation;

/**
 * What should be: a device belongs to a guest. Made from the configuration alone, whatever a hypervisor
 * says.
 *
 * @param device which stay of which device
 * @param guest the guest's name
 * @param origin what kind of statement decided
 * @param reason the statement, for a person
 */
public record Assignment(Generation device, String guest, Origin origin, String reason) {

    /** What kinds of statements there are, the highest-ranking first. */
    public enum Origin {
        /** A list of devices by vendor and product. */
        DEVICE_LIST,
        /** A list of hubs and ports. */
        HUB_LIST
    }
}
