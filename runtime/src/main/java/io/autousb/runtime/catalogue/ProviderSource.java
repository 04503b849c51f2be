package io.autousb.runtime.catalogue;

import io.autousb.api.Provider;
import java.util.List;

/** Where providers come from. */
public interface ProviderSource {

    /**
     * Finds the providers of a kind.
     *
     * @param <P> the kind's entry point
     * @param kind the kind
     * @return those that could be made, and what was wrong with the others
     */
    <P extends Provider> Found<P> find(ProviderKind<P> kind);

    /**
     * What cannot be asked for providers of any kind.
     *
     * @return what is wrong with it, by default nothing
     */
    default List<Defect> broken() {
        return List.of();
    }
}
