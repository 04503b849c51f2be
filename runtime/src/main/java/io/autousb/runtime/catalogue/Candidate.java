package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.Finding;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;

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
            Availability answer = AdapterCall.of(provider, () -> provider.probe(context));
            return answer == null ? faulty("it gave no answer") : answer;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return faulty(Defect.describe(e));
        }
    }

    /**
     * What it finds wrong or right here.
     *
     * @param context what it may use
     * @param guests the names of the guests to look at; none for all
     * @param timeout how long it may take
     * @return the provider's findings; one that throws has that as its finding
     */
    public List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
        try {
            return List.copyOf(AdapterCall.of(provider, () -> provider.examine(context, guests, timeout)));
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return List.of(Finding.problem(
                    "its examination failed: " + Defect.describe(e),
                    provider.getClass().getName(),
                    "report this to its author"));
        }
    }

    private Availability faulty(String what) {
        return Availability.unavailable(
                "its probe failed: " + what,
                "report this to the author of " + provider.getClass().getName());
    }
}
