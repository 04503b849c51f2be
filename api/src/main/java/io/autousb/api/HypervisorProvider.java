package io.autousb.api;

import io.autousb.domain.port.Hypervisor;
import java.util.List;

/** The entry point of an adapter that drives a hypervisor. */
public interface HypervisorProvider extends Provider {

    /**
     * The settings a single guest can have; they reach the adapter in {@link
     * io.autousb.domain.port.GuestSpec#settings}.
     *
     * @return the declarations; always the same
     */
    default List<Option> guestOptions() {
        return List.of();
    }

    /**
     * Makes the adapter, without any I/O yet.
     *
     * @param options the user's options, checked against {@link #options}
     * @param context what the core lends
     * @return a new adapter, to be closed by the core
     */
    Hypervisor create(OptionValues options, ProviderContext context);
}
