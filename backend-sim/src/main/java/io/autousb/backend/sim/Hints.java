package io.autousb.backend.sim;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Those who want to know of changes. Thread-safe. */
final class Hints<L> {

    private final CopyOnWriteArrayList<L> listeners = new CopyOnWriteArrayList<>();

    void add(L listener) {
        listeners.add(listener);
    }

    void remove(L listener) {
        listeners.remove(listener);
    }

    void each(Consumer<L> call) {
        listeners.forEach(call);
    }
}
