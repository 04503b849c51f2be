package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.Availability.Unavailable;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;

/**
 * A provider that said who it is.
 *
 * @param <P> the kind's entry point
 * @param provider the provider
 * @param name its name
 * @param description what it is
 * @param priority which one to prefer
 */
public record Candidate<P extends Provider>(P provider, String name, String description, int priority) {

    /**
     * Whether it can work here; one that throws cannot.
     *
     * @param context what the core lends
     * @return the provider's answer
     */
    public Availability probe(ProviderContext context) {
        try {
            Availability answer = provider.probe(context);
            return answer == null ? faulty("it gave no answer") : answer;
        } catch (RuntimeException | LinkageError e) {
            return faulty(Defect.describe(e));
        }
    }

    private Unavailable faulty(String what) {
        return new Unavailable(
                "its probe failed: " + what,
                "report this to the author of " + provider.getClass().getName());
    }
}
