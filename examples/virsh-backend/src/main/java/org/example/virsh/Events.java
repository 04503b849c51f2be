package org.example.virsh;

import io.autousb.api.CommandResult;
import io.autousb.domain.model.Guest;
import io.autousb.domain.port.GuestListener;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for libvirt's events, one {@code virsh event} after the other, and hints. What happens between two of them is seen
 * because each end is a hint, too.
 */
final class Events implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int WAIT_SECONDS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(WAIT_SECONDS + 10);
    private static final long PAUSE_MILLIS = 1000;

    private final Virsh virsh;
    private final Supplier<Collection<Guest>> guests;
    private final Object lock = new Object();
    private volatile boolean closed;
    private Thread thread;

    Events(Virsh virsh, Supplier<Collection<Guest>> guests) {
        this.virsh = virsh;
        this.guests = guests;
    }

    void start(GuestListener listener) {
        synchronized (lock) {
            thread = new Thread(() -> run(listener), "virsh-events");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(GuestListener listener) {
        while (!closed) {
            boolean asked = await();
            synchronized (lock) {
                if (closed) {
                    return;
                }
                listener.guestsChanged();
                guests.get().forEach(guest -> listener.attachmentsChanged(guest.id()));
                if (!asked) {
                    pause();
                }
            }
        }
    }

    private boolean await() {
        try {
            CommandResult result = virsh.run(
                    Deadline.after(LIMIT), "event", "--all", "--timeout", Integer.toString(WAIT_SECONDS));
            // That none came in time is a failure to virsh.
            return result.succeeded() || result.stdout().raw().contains("timed out");
        } catch (RuntimeException e) {
            LOG.debug("no event can be waited for", e);
            return false;
        }
    }

    private void pause() {
        try {
            lock.wait(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Once this returns, the listener is not called any more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }
}
