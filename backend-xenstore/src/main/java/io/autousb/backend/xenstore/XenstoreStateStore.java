package io.autousb.backend.xenstore;

import io.autousb.backend.xenstore.StateFormat.Content;
import io.autousb.backend.xenstore.StateFormat.Sound;
import io.autousb.backend.xenstore.StateFormat.Spoilt;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.Xenstore;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state store {@code xenstore}. Each call has a connection of its own: calls are rare, and so nothing is kept open
 * between them, and closing disturbs none that is under way.
 */
final class XenstoreStateStore implements StateStore {

    private static final Logger LOG = LoggerFactory.getLogger(XenstoreStateStore.class);

    /** How often a save is begun whose end nobody has heard of. */
    private static final int MOST_ATTEMPTS = 3;

    private final Supplier<Xenstore> opener;
    private volatile boolean closed;

    XenstoreStateStore(Supplier<Xenstore> opener) {
        this.opener = opener;
    }

    @Override
    public LoadedState load(Duration timeout) {
        checkOpen();
        Deadline deadline = Deadline.after(timeout);
        try (Xenstore store = opener.get()) {
            Content found = run(store, deadline, StateNodes::read);
            return found instanceof Spoilt spoilt
                    ? putAside(store, deadline, spoilt)
                    : LoadedState.of(((Sound) found).state());
        } catch (BackendException e) {
            throw Failures.of("the state cannot be read", e, false);
        }
    }

    /** Looks again, as another program may have been here first. */
    private static LoadedState putAside(Xenstore store, Deadline deadline, Spoilt spoilt) {
        try {
            return run(store, deadline, StateNodes::load);
        } catch (BackendException e) {
            return LoadedState.without(StateNodes.left(spoilt, e));
        }
    }

    /** When an answer is lost, looks what has become of the state, and saves it again if that is nothing. */
    @Override
    public void save(StoredState state, Duration timeout) {
        checkOpen();
        Deadline deadline = Deadline.after(timeout);
        boolean unknown = false;
        for (int attempt = 1; ; attempt++) {
            try {
                attemptToSave(state, deadline).ifPresent(unusable -> LOG.warn("{}", unusable.getMessage()));
                return;
            } catch (BackendException e) {
                unknown |= e.outcomeUnknown();
                if (!e.outcomeUnknown() || attempt == MOST_ATTEMPTS || deadline.remainingNanos() == 0) {
                    throw Failures.of("the state cannot be saved", e, unknown);
                }
                LOG.debug("what has become of the state is not known, and is looked for", e);
            }
        }
    }

    private Optional<BackendException> attemptToSave(StoredState state, Deadline deadline) {
        try (Xenstore store = opener.get()) {
            return run(store, deadline, nodes -> nodes.save(state));
        }
    }

    /** Others who save at the same time may have to be waited for; each conflict means that one of them has. */
    private static <T> T run(Xenstore store, Deadline deadline, Function<StateNodes, T> body) {
        while (true) {
            try {
                return store.transaction(deadline, nodes -> body.apply(new StateNodes(nodes)));
            } catch (BackendException e) {
                if (!e.is(Xenstore.CONFLICT) || deadline.remainingNanos() == 0) {
                    throw e;
                }
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw Failures.closed();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
