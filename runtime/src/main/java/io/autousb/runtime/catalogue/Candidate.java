package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.Availability.Unavailable;
import io.autousb.api.Examination;
import io.autousb.api.Finding;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import java.util.List;

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

    /**
     * What it finds wrong or right here.
     *
     * @param examination what to look at
     * @return the provider's findings; one that throws has that as its finding
     */
    public List<Finding> examine(Examination examination) {
        try {
            return List.copyOf(provider.examine(examination));
        } catch (RuntimeException | LinkageError e) {
            return List.of(Finding.problem(
                    "its examination failed: " + Defect.describe(e),
                    provider.getClass().getName(),
                    "report this to its author"));
        }
    }

    private Unavailable faulty(String what) {
        return new Unavailable(
                "its probe failed: " + what,
                "report this to the author of " + provider.getClass().getName());
    }
}
