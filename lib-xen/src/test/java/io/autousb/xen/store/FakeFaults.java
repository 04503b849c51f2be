package io.autousb.xen.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a fake daemon is to do wrong. Thread-safe. Requests are named as the specification names them ({@code READ}, {@code
 * TRANSACTION_END}).
 */
public final class FakeFaults {

    /** What may happen to one request. */
    public enum Fault {
        /** The connection ends, and the request has no effect. */
        CUT_BEFORE,
        /** The request has its effect, and the connection ends without an answer. */
        CUT_AFTER,
        /** No effect, and no answer. */
        SILENT_BEFORE,
        /** The effect, and no answer. */
        SILENT_AFTER,
        /** The answer is of another type than the request. */
        WRONG_TYPE,
        /** The answer is to a request that was never made. */
        WRONG_ID,
        /** The answer is no message. */
        GARBAGE
    }

    private final Map<String, Deque<Fault>> faults = new HashMap<>();
    private final Map<String, Deque<Runnable>> actions = new HashMap<>();
    private final Map<String, String> refusals = new HashMap<>();
    private int conflicts;
    private boolean hanging;
    private volatile boolean eventsFirst;
    private volatile int pieceSize = Integer.MAX_VALUE;

    FakeFaults() {}

    /** Lets something happen to the next request of a type, after those that something is to happen to already. */
    public synchronized void next(String type, Fault fault) {
        faults.computeIfAbsent(type, unseen -> new ArrayDeque<>()).add(fault);
    }

    /** Does something before the next request of a type is looked at, such as another program's write. */
    public synchronized void before(String type, Runnable action) {
        actions.computeIfAbsent(type, unseen -> new ArrayDeque<>()).add(action);
    }

    /** Refuses all requests of a type for a path, with the name of an errno. */
    public synchronized void refuse(String type, String path, String errno) {
        refusals.put(type + " " + path, errno);
    }

    /** Refuses all requests of a type. */
    public synchronized void refuse(String type, String errno) {
        refusals.put(type, errno);
    }

    /** Refuses no more. */
    public synchronized void allow() {
        refusals.clear();
    }

    /** Lets the next commits fail with EAGAIN. */
    public synchronized void conflict(int times) {
        conflicts = times;
    }

    /** Looks at no request until {@link #goOn}. */
    public synchronized void hang() {
        hanging = true;
    }

    /** Ends {@link #hang}. */
    public synchronized void goOn() {
        hanging = false;
        notifyAll();
    }

    /** Sends what it sends in pieces of at most so many bytes. */
    public void split(int bytes) {
        pieceSize = bytes;
    }

    /** Sends a watch's first event before the answer, as the kernel's device may. */
    public void eventsFirst() {
        eventsFirst = true;
    }

    // ---- for the daemon

    synchronized void awaitTurn(BooleanSupplier isConnected) {
        try {
            while (hanging && isConnected.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized void wakeAll() {
        notifyAll();
    }

    synchronized Optional<Fault> nextFault(String type) {
        return Optional.ofNullable(faults.get(type)).map(Deque::poll);
    }

    synchronized Optional<Runnable> nextAction(String type) {
        return Optional.ofNullable(actions.get(type)).map(Deque::poll);
    }

    synchronized void check(FakeRequest request) throws FakeRefusal {
        String errno = refusals.getOrDefault(request.line(), refusals.get(request.type()));
        if (errno != null) {
            throw new FakeRefusal(errno);
        }
    }

    synchronized boolean takeConflict() {
        boolean taken = conflicts > 0;
        conflicts = Math.max(0, conflicts - 1);
        return taken;
    }

    boolean hasEventsFirst() {
        return eventsFirst;
    }

    int pieceSize() {
        return pieceSize;
    }
}
