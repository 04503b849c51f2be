package io.autousb.runtime.catalogue;

import io.autousb.api.Provider;
import java.util.List;

/**
 * The providers of one kind.
 *
 * @param <P> the kind's entry point
 * @param providers those that could be made
 * @param broken those that could not
 */
public record Found<P extends Provider>(List<P> providers, List<Defect> broken) {

    /** Copies the lists. */
    public Found {
        providers = List.copyOf(providers);
        broken = List.copyOf(broken);
    }
}
