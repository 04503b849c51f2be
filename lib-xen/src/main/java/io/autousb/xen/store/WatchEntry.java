package io.autousb.xen.store;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A watch, and the places that its listener is still to be told of: a few, or else all it watches. All but
 * {@link #close} is for {@link Watches}, under its lock.
 */
final class WatchEntry implements Watch {

    static final int MAX_PLACES = 64;

    private final Watches owner;
    private final String token;
    private final WatchTarget target;
    private final WatchListener listener;
    private final Set<WatchTarget> places = new LinkedHashSet<>();

    WatchEntry(Watches owner, String token, WatchTarget target, WatchListener listener) {
        this.owner = owner;
        this.token = token;
        this.target = target;
        this.listener = listener;
    }

    String token() {
        return token;
    }

    WatchTarget target() {
        return target;
    }

    WatchListener listener() {
        return listener;
    }

    /** Notes a place. What the target covers need not be noted beside it. */
    void add(WatchTarget place) {
        if (places.contains(target)) {
            return;
        }
        if (place.equals(target) || places.size() >= MAX_PLACES && !places.contains(place)) {
            places.clear();
            places.add(target);
        } else {
            places.add(place);
        }
    }

    /** The place to tell of next. There is one. */
    WatchTarget next() {
        WatchTarget place = places.iterator().next();
        places.remove(place);
        return place;
    }

    boolean hasNext() {
        return !places.isEmpty();
    }

    void clear() {
        places.clear();
    }

    @Override
    public void close() {
        owner.remove(this);
    }
}
