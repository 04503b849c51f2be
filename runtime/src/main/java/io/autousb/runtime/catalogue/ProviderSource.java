package io.autousb.runtime.catalogue;

import io.autousb.api.Provider;

/** Where providers come from. */
@FunctionalInterface
public interface ProviderSource {

    /**
     * Finds the providers of a kind.
     *
     * @param <P> the kind's entry point
     * @param kind the kind
     * @return those that could be made, and what was wrong with the others
     */
    <P extends Provider> Found<P> find(ProviderKind<P> kind);
}
