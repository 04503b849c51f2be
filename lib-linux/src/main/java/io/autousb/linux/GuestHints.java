package io.autousb.linux;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.GuestListener;
import org.jspecify.annotations.Nullable;

/**
 * Passes hints on to the one listener of a hypervisor, from the moment there is one until the end. Thread-safe; the
 * listener is called by one thread at a time.
 */
public final class GuestHints {

    private @Nullable GuestListener listener;

    /** Without a listener yet. */
    public GuestHints() {}

    /**
     * Sets the listener.
     *
     * @param value who is told from now on
     */
    public synchronized void listener(GuestListener value) {
        listener = value;
    }

    /** No call of the listener is under way or comes when this returns, unless the listener calls this. */
    public synchronized void end() {
        listener = null;
    }

    /** Tells the listener, if there is one, to list the guests again. */
    public synchronized void guests() {
        if (listener != null) {
            listener.guestsChanged();
        }
    }

    /**
     * Tells the listener, if there is one, to inspect a guest again.
     *
     * @param guest the guest
     */
    public synchronized void attachments(GuestId guest) {
        if (listener != null) {
            listener.attachmentsChanged(guest);
        }
    }
}
