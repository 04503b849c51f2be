package io.autousb.cli.foreground;

import io.autousb.domain.port.BackendException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last failures that were told at length: their place and remedy need not be said again. */
final class ToldFailures {

    private static final int MEMORY = 100;

    private final Deque<BackendException> failures = new ArrayDeque<>();

    void add(BackendException failure) {
        if (failures.size() == MEMORY) {
            failures.removeLast();
        }
        failures.addFirst(failure);
    }

    /** A reason that ends with such a failure, with only its what. */
    String shorten(String reason) {
        for (BackendException failure : failures) {
            String whole = String.valueOf(failure.getMessage());
            if (reason.endsWith(whole)) {
                return reason.substring(0, reason.length() - whole.length()) + failure.what();
            }
        }
        return reason;
    }
}
