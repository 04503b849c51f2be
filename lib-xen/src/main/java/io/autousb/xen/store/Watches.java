package io.autousb.xen.store;

import io.autousb.linux.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches there are, and the thread that tells their listeners, one after the other. Whoever brings news
 * never waits for a listener: xenstored has to get rid of its events, or it holds up who causes them.
 */
final class Watches implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(1);

    /** Is told, outside of any lock, that watches have come or gone. */
    @FunctionalInterface
    interface Observer {
        void changed();
    }

    private final Observer observer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, WatchEntry> entries = new HashMap<>();
    private final Deque<WatchEntry> news = new ArrayDeque<>();
    private @Nullable WatchEntry telling;
    private @Nullable Thread thread;
    private long lastToken;
    private boolean closed;

    Watches(Observer observer) {
        this.observer = observer;
    }

    /** Adds a watch, unless this is closed. */
    Optional<Watch> add(WatchTarget target, WatchListener listener) {
        WatchEntry entry;
        lock.lock();
        try {
            if (closed) {
                return Optional.empty();
            }
            lastToken++;
            entry = new WatchEntry(this, "autousb-" + lastToken, target, listener);
            entries.put(entry.token(), entry);
            if (thread == null) {
                thread = new Thread(this::tellAll, "autousb-xenstore-watches");
                thread.setDaemon(true);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
        observer.changed();
        return Optional.of(entry);
    }

    void remove(WatchEntry entry) {
        lock.lock();
        try {
            boolean known = entries.remove(entry.token()) != null;
            if (!known && telling != entry) {
                return;
            }
            entry.clear();
            news.remove(entry);
            awaitListener(entry);
        } finally {
            lock.unlock();
        }
        observer.changed();
    }

    /** Waits for the listener of that watch, or for any, unless it is the one who asks. */
    private void awaitListener(@Nullable WatchEntry entry) {
        if (Thread.currentThread() == thread) {
            return;
        }
        Deadline deadline = Deadline.after(LISTENER_PATIENCE);
        while (telling != null && (entry == null || telling == entry) && deadline.remainingNanos() > 0) {
            boolean ignored = Waiting.until(nanos -> changed.await(nanos, TimeUnit.NANOSECONDS), deadline);
        }
    }

    /** Those that there are now. */
    Collection<WatchEntry> entries() {
        lock.lock();
        try {
            return new ArrayList<>(entries.values());
        } finally {
            lock.unlock();
        }
    }

    /** What tells them apart. */
    Set<String> tokens() {
        lock.lock();
        try {
            return Set.copyOf(entries.keySet());
        } finally {
            lock.unlock();
        }
    }

    boolean contains(WatchEntry entry) {
        lock.lock();
        try {
            return entries.containsKey(entry.token());
        } finally {
            lock.unlock();
        }
    }

    /** xenstored has sent an event. A watch that is gone gets none. */
    void event(String path, String token) {
        lock.lock();
        try {
            WatchEntry entry = entries.get(token);
            if (entry != null) {
                tell(entry, place(entry.target(), path));
            }
        } finally {
            lock.unlock();
        }
    }

    /** All that the watch covers may have changed. */
    void look(WatchEntry entry) {
        lock.lock();
        try {
            if (entries.containsKey(entry.token())) {
                tell(entry, entry.target());
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(WatchEntry entry, WatchTarget place) {
        if (!entry.hasNext()) {
            news.add(entry);
        }
        entry.add(place);
        changed.signalAll();
    }

    /** The place that an event names, if it is one that the watch covers. */
    private static WatchTarget place(WatchTarget target, String text) {
        if (target instanceof XenstorePath watched && XenstorePath.isPath(text)) {
            XenstorePath path = XenstorePath.of(text);
            return path.startsWith(watched) ? path : target;
        }
        return target;
    }

    private void tellAll() {
        lock.lock();
        try {
            while (!closed) {
                WatchEntry entry = news.poll();
                if (entry == null) {
                    changed.awaitUninterruptibly();
                } else {
                    tellOne(entry);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellOne(WatchEntry entry) {
        WatchTarget place = entry.next();
        if (entry.hasNext()) {
            news.add(entry);
        }
        telling = entry;
        lock.unlock();
        try {
            entry.listener().changed(place);
        } catch (RuntimeException | Error e) {
            LOG.error("a listener failed on {}", place, e);
        } finally {
            lock.lock();
            telling = null;
            changed.signalAll();
        }
    }

    /** Ends all watches. No listener is called any more when this returns, unless one calls this. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            entries.values().forEach(WatchEntry::clear);
            entries.clear();
            news.clear();
            changed.signalAll();
            awaitListener(null);
        } finally {
            lock.unlock();
        }
    }
}
