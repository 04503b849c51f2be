package io.autousb.linux;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The names whose folders have to be read again. Thread-safe; marking never blocks. */
final class DirtyPlaces {

    /** More marks than this mean everything: names come from outside. */
    private static final int MAX_NAMES = 4096;

    private volatile Marks current = new Marks();

    void mark(String name) {
        Marks marks = current;
        if (marks.names.size() >= MAX_NAMES) {
            marks.all = true;
        } else {
            marks.names.add(name);
        }
        if (marks != current) {
            // Taken meanwhile, perhaps read before this mark was in it.
            mark(name);
        }
    }

    void markAll() {
        Marks marks = current;
        marks.all = true;
        if (marks != current) {
            markAll();
        }
    }

    /** Hands over the marks made so far and begins anew. */
    Marks take() {
        Marks marks = current;
        current = new Marks();
        return marks;
    }

    /** Some marks. */
    static final class Marks {
        private final Set<String> names = ConcurrentHashMap.newKeySet();
        private volatile boolean all;

        boolean contains(String name) {
            return all || names.contains(name);
        }

        boolean isAll() {
            return all;
        }
    }
}
