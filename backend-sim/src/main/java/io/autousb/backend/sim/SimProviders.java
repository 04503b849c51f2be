package io.autousb.backend.sim;

import io.autousb.api.Availability;
import io.autousb.api.ProviderException;
import io.autousb.api.ProviderException.Problem;
import org.jspecify.annotations.Nullable;

/** What the providers have in common. */
final class SimProviders {

    static final String NAME = "sim";
    static final int PRIORITY = 0;

    private static final String REASON = "it is only for demonstrations and tests";
    private static final String REMEDY = "run `auto-usb-attach demo` to see it";

    private SimProviders() {}

    static Availability probe(@Nullable SimWorld world) {
        return world == null ? new Availability.Unavailable(REASON, REMEDY) : new Availability.Available();
    }

    static SimWorld require(@Nullable SimWorld world) {
        if (world == null) {
            throw new ProviderException(
                    Problem.UNAVAILABLE, "there is no simulated world here, as " + REASON, NAME, REMEDY);
        }
        return world;
    }
}
