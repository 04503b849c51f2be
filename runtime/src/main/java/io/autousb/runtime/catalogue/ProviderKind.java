package io.autousb.runtime.catalogue;

import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Provider;
import io.autousb.api.StateStoreProvider;

/**
 * A kind of adapter.
 *
 * @param <P> its entry point
 * @param label what a person calls it
 * @param option how a person names the one to use; empty where nothing uses one yet
 * @param type its entry point
 */
public record ProviderKind<P extends Provider>(String label, String option, Class<P> type) {

    /** What knows the host's devices. */
    public static final ProviderKind<DeviceSourceProvider> DEVICE_SOURCE =
            new ProviderKind<>("device source", "--device-source", DeviceSourceProvider.class);

    /** What drives guests. */
    public static final ProviderKind<HypervisorProvider> HYPERVISOR =
            new ProviderKind<>("hypervisor", "--hypervisor", HypervisorProvider.class);

    /** What remembers. */
    public static final ProviderKind<StateStoreProvider> STATE_STORE =
            new ProviderKind<>("state store", "", StateStoreProvider.class);

    /** The label. */
    @Override
    public String toString() {
        return label;
    }
}
