package io.autousb.domain.port;

import java.time.Duration;

/**
 * Remembers what has to outlive this program and the devices themselves: overrides that are to stay, and
 * pauses. Everything else is seen anew at each start.
 *
 * <p>Thread-safe, also against other programs that use the same place. What is loaded was saved as a whole
 * by one save, or is empty; however a save ends, also by the end of this program or of the machine in the
 * midst of it.
 *
 * <p>What is found in the place of a state and is none is no failure: it is put aside unharmed, reported,
 * and counts as empty. Only so much of it is kept that it cannot fill the place.
 */
public interface StateStore extends AutoCloseable {

    /**
     * Reads what was saved last. Puts aside what cannot be used, so that it is reported once.
     *
     * @param timeout how long it may take
     * @return the state, empty if none was ever saved or what is there cannot be used
     * @throws BackendException if the place cannot be read, with the remedy
     */
    LoadedState load(Duration timeout);

    /**
     * Replaces what was saved before. On return it is safe. What is there and cannot be used is put aside
     * first.
     *
     * @param state all that is to be remembered from now on
     * @param timeout how long it may take
     * @throws BackendException if what was saved before is still there, with the remedy; {@link
     *     BackendException#outcomeUnknown} if it may have been replaced, or may still be
     */
    void save(StoredState state, Duration timeout);

    /**
     * Frees threads, connections and descriptors; what was saved stays. Does not wait for calls under way,
     * which end as they would have. Idempotent; later calls of other methods fail with {@link
     * BackendException#CLOSED}.
     */
    @Override
    void close();
}
