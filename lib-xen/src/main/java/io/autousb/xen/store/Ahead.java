package io.autousb.xen.store;

import org.jspecify.annotations.Nullable;

/** A request that goes out with others, and its answer. For one thread. */
final class Ahead {

    private final Request request;
    private @Nullable Pending answer;

    Ahead(Request request) {
        this.request = request;
    }

    Request request() {
        return request;
    }

    void answered(Pending pending) {
        answer = pending;
    }

    /** To be called once it has gone out and come back. */
    Pending answer() {
        if (answer == null) {
            throw new IllegalStateException(request + " has not been answered");
        }
        return answer;
    }
}
