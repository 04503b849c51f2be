package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.domain.port.BackendException;
import org.jspecify.annotations.Nullable;

/** What the providers have in common. */
final class SimProviders {

    static final String NAME = "sim";
    static final int PRIORITY = 0;

    private static final String REASON = "it is only for demonstrations and tests";
    private static final String REMEDY = "run `auto-usb-attach demo` to see it";

    private SimProviders() {}

    static Availability probe(@Nullable SimWorld world) {
        return world == null ? Availability.unavailable(REASON, REMEDY) : Availability.AVAILABLE;
    }

    static SimWorld require(@Nullable SimWorld world) {
        if (world == null) {
            throw BackendException.of(BackendException.UNSUPPORTED, "there is no simulated world here, as " + REASON)
                    .where(NAME)
                    .remedy(REMEDY)
                    .build();
        }
        return world;
    }
}
