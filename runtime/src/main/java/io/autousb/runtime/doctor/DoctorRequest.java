package io.autousb.runtime.doctor;

import java.util.List;
import java.util.Optional;

/**
 * What is to be looked at.
 *
 * @param deviceSource the device source that the user named
 * @param hypervisor the hypervisor that the user named
 * @param guests the guests that are to be served, if any were named
 */
public record DoctorRequest(Optional<String> deviceSource, Optional<String> hypervisor, List<String> guests) {

    /** Copies the list. */
    public DoctorRequest {
        guests = List.copyOf(guests);
    }
}
