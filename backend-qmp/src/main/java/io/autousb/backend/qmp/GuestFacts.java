package io.autousb.backend.qmp;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.qmp.Waiting;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one guest: nothing, or that it is there, with a connection or with a reason for having
 * none. Written by the guest's {@link GuestWatch}, read by everybody. Thread-safe.
 */
final class GuestFacts {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Guest guest;
    private @Nullable MonitorLink link;
    private @Nullable BackendException trouble;
    private long asked;
    private long answered;
    private boolean overdue;
    /** Whether the first search has come to an end. */
    private boolean searched;

    private boolean closed;

    /** Whether the guest is there and is the one of an id. */
    boolean is(GuestId id) {
        lock.lock();
        try {
            return guest != null && guest.id().equals(id);
        } finally {
            lock.unlock();
        }
    }

    /** Wishes for the guest's state anew, to be waited for by {@link #guest}. */
    void ask() {
        lock.lock();
        try {
            asked++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the guest has been searched for once: before that nobody knows whether it is there.
     *
     * @param patience how long to wait for one that seems to be there
     * @param deadline how long to wait until that is known
     */
    void awaitSearch(Deadline patience, Deadline deadline) {
        lock.lock();
        try {
            boolean ignored = Waiting.until(changed, () -> searched || closed, patience)
                    || Waiting.until(changed, () -> searched || closed || guest != null, deadline);
        } finally {
            lock.unlock();
        }
    }

    /** The guest seems to be there, and is being connected to for the first time. */
    void sighted(Guest now) {
        lock.lock();
        try {
            if (!searched && guest == null) {
                guest = now;
                trouble = BackendException.of(BackendException.TIMEOUT, "the guest's monitor has not answered yet")
                        .where(now.id())
                        .build();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A search has ended without finding out anything. */
    void searchHasEnded() {
        lock.lock();
        try {
            searched = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The guest as it answers by a deadline; one that does not is unknown. Empty if it is not there. */
    Optional<Guest> guest(Deadline deadline) {
        lock.lock();
        try {
            long wanted = asked;
            boolean ignored =
                    Waiting.until(changed, () -> answered >= wanted || link == null || overdue || closed, deadline);
            if (guest == null) {
                return Optional.empty();
            }
            boolean stuck = link != null && answered < wanted;
            overdue |= stuck;
            return Optional.of(stuck ? guest.withState(GuestState.UNKNOWN) : guest);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The connection.
     *
     * @param name the guest's name
     * @throws BackendException why there is none
     */
    MonitorLink link(String name) {
        lock.lock();
        try {
            if (link != null) {
                return link;
            }
            throw trouble != null
                    ? trouble.again().build()
                    : BackendException.of(BackendException.GUEST_GONE, "the guest is not running")
                            .where(name)
                            .retry(Retry.ON_CHANGE)
                            .build();
        } finally {
            lock.unlock();
        }
    }

    /** The connection, if there is one. */
    Optional<MonitorLink> connection() {
        lock.lock();
        try {
            return Optional.ofNullable(link);
        } finally {
            lock.unlock();
        }
    }

    /**
     * There is no connection.
     *
     * @param now the guest, if it is there all the same
     * @param why what is in the way then
     * @return whether that is news
     */
    boolean disconnected(@Nullable Guest now, @Nullable BackendException why) {
        lock.lock();
        try {
            boolean news = !Objects.equals(now, guest) || !message(why).equals(message(trouble));
            guest = now;
            link = null;
            trouble = why;
            searched = true;
            changed.signalAll();
            return news;
        } finally {
            lock.unlock();
        }
    }

    private static String message(@Nullable BackendException e) {
        return e == null ? "" : String.valueOf(e.getMessage());
    }

    /**
     * The guest has answered.
     *
     * @param now the guest
     * @param over the connection
     * @param upTo up to which wish
     * @return whether that is news
     */
    boolean connected(Guest now, MonitorLink over, long upTo) {
        lock.lock();
        try {
            boolean news = overdue || link == null || !now.equals(guest);
            guest = now;
            link = over;
            trouble = null;
            searched = true;
            answered = upTo;
            overdue = false;
            changed.signalAll();
            return news;
        } finally {
            lock.unlock();
        }
    }

    /** The last wish. */
    long asked() {
        lock.lock();
        try {
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a wish that is not answered; false once the connection or everything has ended. */
    boolean awaitWish(MonitorLink over) {
        lock.lock();
        try {
            boolean ignored = Waiting.until(
                    changed, () -> closed || asked > answered || !over.session().isOpen(), Deadline.NEVER);
            return !closed && over.session().isOpen();
        } finally {
            lock.unlock();
        }
    }

    /** Lets those who wait look again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, or until everything has ended. */
    void pause(Duration time) {
        lock.lock();
        try {
            boolean ignored = Waiting.until(changed, () -> closed, Deadline.after(time));
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends everything; returns the connection that there was. */
    Optional<MonitorLink> close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            return Optional.ofNullable(link);
        } finally {
            lock.unlock();
        }
    }
}
