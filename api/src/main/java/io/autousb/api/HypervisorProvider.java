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
     * Whose guests it drives. Where the user names no hypervisor, all of the best one's platform that are
     * available run together, and each is configured with all guests: every guest that exists has to be
     * listed by exactly one of them. If several list it, the one of the highest priority has it, and that is
     * reported.
     *
     * @return letters, digits and hyphens in lower case, beginning with a letter; always the same. By
     *     default {@link #name}: it shares its guests with no other adapter
     */
    default String platform() {
        return name();
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
