package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.linux.Deadline;
import io.autousb.qmp.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hears that devices are deleted. The event may come before the answer to {@code device_del}, or after
 * it: whoever waits begins to before asking. Thread-safe.
 */
final class Deletions {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Expected> expected = new ArrayList<>();
    private boolean ended;

    /** How a deletion went. */
    enum Outcome {
        /** Nothing is heard yet. */
        PENDING,
        /** The device is gone. */
        DELETED,
        /** The guest refused. */
        REFUSED,
        /** The session ended before anything was heard. */
        ENDED
    }

    /** One that is waited for. */
    final class Expected implements AutoCloseable {
        private final String handle;
        private Outcome outcome = Outcome.PENDING;

        private Expected(String handle) {
            this.handle = handle;
        }

        /** Waits for the outcome; {@link Outcome#PENDING} if there is none in time. */
        Outcome await(Deadline deadline) {
            lock.lock();
            try {
                boolean known = Waiting.until(changed, () -> outcome != Outcome.PENDING || ended, deadline);
                return outcome == Outcome.PENDING && known ? Outcome.ENDED : outcome;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                expected.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Begins to listen for a device, by id or path. */
    Expected expect(String handle) {
        Expected one = new Expected(handle);
        lock.lock();
        try {
            expected.add(one);
        } finally {
            lock.unlock();
        }
        return one;
    }

    /** An event about a device: it has a path always, an id only if the device has one. */
    void heard(JsonNode data, Outcome outcome) {
        String id = data.path("device").asText();
        String path = data.path("path").asText();
        lock.lock();
        try {
            for (Expected one : expected) {
                if (one.handle.equals(id) || one.handle.equals(path)) {
                    one.outcome = outcome;
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will be heard. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
