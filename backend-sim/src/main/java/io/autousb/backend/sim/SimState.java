package io.autousb.backend.sim;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The place where {@link SimStateStore}s keep what they save, with faults. It outlives them. Thread-safe. */
public final class SimState {

    /** What is put aside beyond this takes the place of the oldest. */
    private static final int MOST_PUT_ASIDE = 8;

    private final Deque<BackendException> putAside = new ArrayDeque<>();
    private StoredState saved = StoredState.EMPTY;
    private @Nullable String spoilt;
    private boolean failing;
    private boolean unreadable;
    private boolean hanging;

    /** A place where nothing was saved. */
    public SimState() {}

    /**
     * What was saved last.
     *
     * @return the state
     */
    public synchronized StoredState saved() {
        return saved;
    }

    /**
     * Makes what was saved unusable.
     *
     * @param code in which way, as in {@link BackendException}
     */
    public synchronized void spoil(String code) {
        spoilt = code;
        saved = StoredState.EMPTY;
    }

    /**
     * How much was found to be unusable and is still kept.
     *
     * @return the number of states
     */
    public synchronized int putAside() {
        return putAside.size();
    }

    /**
     * Lets saves fail, or succeed again.
     *
     * @param newFailing whether they fail
     */
    public synchronized void failSaves(boolean newFailing) {
        failing = newFailing;
    }

    /** Makes everything fail from now on. */
    public synchronized void makeUnreadable() {
        unreadable = true;
    }

    /**
     * Lets calls hang, or go on.
     *
     * @param newHanging whether they hang
     */
    public synchronized void hang(boolean newHanging) {
        hanging = newHanging;
        notifyAll();
    }

    /** As the other two below, for who holds the monitor. */
    boolean isHanging() {
        return hanging;
    }

    boolean isUnreadable() {
        return unreadable;
    }

    boolean isFailing() {
        return failing;
    }

    synchronized LoadedState take() {
        String code = spoilt;
        if (code == null) {
            return LoadedState.of(saved);
        }
        BackendException found = BackendException.of(code, "the simulated state cannot be used")
                .where("the simulated world")
                .remedy("end the simulation")
                .build();
        spoilt = null;
        if (putAside.size() == MOST_PUT_ASIDE) {
            putAside.removeFirst();
        }
        putAside.add(found);
        return LoadedState.without(found);
    }

    synchronized void replace(StoredState state) {
        LoadedState ignored = take();
        saved = state;
    }

    /** Loses the last of what was put aside, as a broken store would. */
    synchronized void forgetPutAside(int count) {
        for (int i = 0; i < count; i++) {
            putAside.removeLast();
        }
    }
}
