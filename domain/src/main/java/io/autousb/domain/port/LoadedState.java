package io.autousb.domain.port;

import java.util.Optional;

/**
 * What a {@link StateStore} has loaded.
 *
 * @param state what was saved last
 * @param unusable what was found in its place and put aside, to be reported, with where it is now; the state is then
 *     empty. Its code is {@link BackendException#TORN}, {@link BackendException#FOREIGN} or {@link BackendException#NEWER},
 *     and it has a remedy
 */
public record LoadedState(StoredState state, Optional<BackendException> unusable) {

    /**
     * A state that was found as it was saved, or that was never saved.
     *
     * @param state the state
     * @return it, with nothing to report
     */
    public static LoadedState of(StoredState state) {
        return new LoadedState(state, Optional.empty());
    }

    /**
     * Nothing, but for something that cannot be used.
     *
     * @param unusable what was found
     * @return an empty state
     */
    public static LoadedState without(BackendException unusable) {
        return new LoadedState(StoredState.EMPTY, Optional.of(unusable));
    }
}
