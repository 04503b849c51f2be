package io.autousb.xen.guest;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.GuestListener;
import org.jspecify.annotations.Nullable;

/** Passes hints on, from the moment there is a listener until the end. Thread-safe. */
final class GuestHints {

    private @Nullable GuestListener listener;

    synchronized void listener(GuestListener value) {
        listener = value;
    }

    /** No call of the listener is under way or comes when this returns, unless the listener calls this. */
    synchronized void end() {
        listener = null;
    }

    synchronized void guests() {
        if (listener != null) {
            listener.guestsChanged();
        }
    }

    synchronized void attachments(GuestId guest) {
        if (listener != null) {
            listener.attachmentsChanged(guest);
        }
    }
}
