package io.autousb.api;

import io.autousb.domain.port.StateStore;

/** The entry point of an adapter that remembers what has to outlive the program. */
public interface StateStoreProvider extends Provider {

    /**
     * Makes the adapter, without any I/O yet.
     *
     * @param options the user's options, checked against {@link #options}
     * @param context what the core lends
     * @return a new adapter, to be closed by the core
     */
    StateStore create(OptionValues options, ProviderContext context);
}
