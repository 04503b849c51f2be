package io.autousb.xen.guest;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.Xenstore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after each event, on a thread of its own, and hints where something is another than before. Not more often
 * than every {@value #PAUSE_MILLIS} ms: a guest may write to what is watched as fast as it can.
 */
final class GuestWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GuestWatcher.class);
    private static final int PAUSE_MILLIS = 50;
    private static final long MAX_WAIT_MILLIS = 3_600_000;
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);

    private final Xenstore store;
    private final Function<NodeReader, GuestSearch.Look> search;
    private final GuestHints hints;
    private final Thread thread;
    private final Object lock = new Object();
    /** Whether a guest may be another than in {@link #known}. */
    private boolean stale = true;

    /** What was seen by the last look, by instance, as far as every change of it wakes this. */
    private Map<String, XenGuest> known = Map.of();

    private Set<Integer> usb = new HashSet<>();
    private Deadline again = Deadline.NEVER;
    /** What was seen by the last look. */
    private @Nullable List<Guest> told;
    /** What was returned last to whoever asked. */
    private @Nullable List<Guest> shown;

    private boolean closed;

    /** The guests of the last look by domid; for the thread alone. */
    private Map<Integer, GuestId> served = Map.of();

    GuestWatcher(Xenstore store, Function<NodeReader, GuestSearch.Look> search, GuestHints hints) {
        this.store = store;
        this.search = search;
        this.hints = hints;
        this.thread = new Thread(this::run, "autousb-xen-guests");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Something may have changed. */
    void wake() {
        synchronized (lock) {
            stale = true;
            lock.notifyAll();
        }
    }

    /** What the last look has shown of an instance; empty if it may be another by now, or was not seen. */
    Optional<XenGuest> known(String instance) {
        synchronized (lock) {
            return stale ? Optional.empty() : Optional.ofNullable(known.get(instance));
        }
    }

    private void usb(int domid) {
        synchronized (lock) {
            usb.add(domid);
            lock.notifyAll();
        }
    }

    /** Somebody believes this now: if it changes back before the next look, there has to be a hint all the same. */
    void shown(List<Guest> guests) {
        synchronized (lock) {
            shown = guests;
            if (!guests.equals(told)) {
                stale = true;
                lock.notifyAll();
            }
        }
    }

    private void run() {
        try (GuestWatches watches = new GuestWatches(store, this::wake, this::usb)) {
            while (await()) {
                round(watches);
                pause();
            }
        } catch (BackendException e) {
            if (!e.is(BackendException.CLOSED)) {
                LOG.error("watching Xen's guests has ended", e);
            }
        }
    }

    /** What there is to do: to look at the guests, and to tell of the USB of these domains. */
    private record Work(boolean look, Set<Integer> usb) {}

    private void round(GuestWatches watches) {
        Work work = take();
        try {
            if (work.look()) {
                look(watches);
            }
            work.usb().stream()
                    .flatMap(domid -> Optional.ofNullable(served.get(domid)).stream())
                    .forEach(hints::attachments);
        } catch (BackendException e) {
            if (e.is(BackendException.CLOSED)) {
                throw e;
            }
            LOG.debug("Xen's guests cannot be looked at now", e);
            tryAgain(work.usb());
        } catch (RuntimeException e) {
            LOG.error("looking at Xen's guests has failed, and is tried again", e);
            tryAgain(work.usb());
        }
    }

    private void look(GuestWatches watches) {
        GuestSearch.Look look = search.apply(store.by(Deadline.after(LOOK_TIMEOUT)));
        boolean followed = watches.follow(look.domids(), look.wanted());
        know(followed ? look.wanted() : List.of());
        Set<GuestId> shownIds = look.guests().stream().map(Guest::id).collect(Collectors.toSet());
        served = look.wanted().stream()
                .filter(guest -> shownIds.contains(guest.id()))
                .collect(Collectors.toMap(XenGuest::domid, XenGuest::id));
        if (isNews(look)) {
            hints.guests();
        }
    }

    private Work take() {
        synchronized (lock) {
            Work work = new Work(stale || again.remainingNanos() == 0, usb);
            usb = new HashSet<>();
            if (stale) {
                known = Map.of();
            }
            if (work.look()) {
                again = Deadline.NEVER;
            }
            stale = false;
            return work;
        }
    }

    private void know(List<XenGuest> guests) {
        synchronized (lock) {
            known = guests.stream().collect(Collectors.toUnmodifiableMap(XenGuest::instance, guest -> guest));
        }
    }

    private void tryAgain(Set<Integer> changed) {
        synchronized (lock) {
            usb.addAll(changed);
            known = Map.of();
            again = Deadline.after(AFTER_FAILURE);
        }
    }

    private boolean isNews(GuestSearch.Look look) {
        synchronized (lock) {
            boolean news = !look.guests().equals(told)
                    || shown != null && !look.guests().equals(shown);
            told = look.guests();
            again = look.again().map(Deadline::after).orElse(Deadline.NEVER);
            return news;
        }
    }

    /** Waits until there is something to do; false at the end. */
    private boolean await() {
        synchronized (lock) {
            waitWhile(() -> !stale && usb.isEmpty(), again);
            return !closed;
        }
    }

    private void pause() {
        synchronized (lock) {
            waitWhile(() -> true, Deadline.after(Duration.ofMillis(PAUSE_MILLIS)));
        }
    }

    /** To be called with the lock held. */
    private void waitWhile(BooleanSupplier idle, Deadline until) {
        try {
            while (!closed && idle.getAsBoolean() && until.remainingNanos() > 0) {
                // Not zero, which stands for ever.
                lock.wait(Math.min(until.remaining().toMillis(), MAX_WAIT_MILLIS) + 1);
            }
        } catch (InterruptedException e) {
            closed = true; // nobody interrupts this thread but to end the whole program
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        if (Thread.currentThread() != thread) {
            join();
        }
    }

    private void join() {
        try {
            thread.join(END_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
