package io.autousb.api;

import io.autousb.domain.port.DeviceSource;

/** The entry point of an adapter that knows what is plugged into the host. */
public interface DeviceSourceProvider extends Provider {

    /**
     * Makes the adapter, without any I/O yet.
     *
     * @param options the user's options, checked against {@link #options}
     * @param context what the core lends
     * @return a new adapter, to be closed by the core
     */
    DeviceSource create(OptionValues options, ProviderContext context);
}
