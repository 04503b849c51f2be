package io.autousb.contract;

import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** An adapter's provider and two hosts: one where it can work, and one where it cannot. */
public interface ProviderFixture extends AutoCloseable {

    /**
     * The provider.
     *
     * @return a provider as its users make it
     */
    Provider provider();

    /**
     * A host where the adapter can work.
     *
     * @return what the core would lend there; its root is a folder that the contract compares before and
     *     after
     */
    ProviderContext available();

    /**
     * A host where the adapter cannot work. By default one whose root folder is empty.
     *
     * @param emptyFolder an empty folder
     * @return what the core would lend there
     */
    default ProviderContext unavailable(Path emptyFolder) {
        return available().withRoot(emptyFolder);
    }

    /**
     * The provider that cannot work in {@link #unavailable}. By default the same.
     *
     * @return a provider
     */
    default Provider unavailableProvider() {
        return provider();
    }

    /**
     * Options to create the adapter with.
     *
     * @return values by option name; empty for the defaults
     */
    default Map<String, String> options() {
        return Map.of();
    }

    /**
     * How long a probe may take.
     *
     * @return ample time for a busy machine
     */
    default Duration grace() {
        return Duration.ofSeconds(2);
    }

    /** Takes the world down. Called once. */
    @Override
    void close() throws IOException;
}
