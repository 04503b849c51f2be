package io.autousb.contract;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.GuestListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A listener that counts hints by what they are about. */
final class GuestHints implements GuestListener {

    private final Duration patience;
    private final HintCounter guests;
    private final Map<GuestId, HintCounter> attachments = new ConcurrentHashMap<>();

    GuestHints(Duration patience) {
        this.patience = patience;
        this.guests = new HintCounter(patience);
    }

    @Override
    public void guestsChanged() {
        guests.run();
    }

    @Override
    public void attachmentsChanged(GuestId guest) {
        attachments(guest).run();
    }

    /** The hints that guests may have changed. */
    HintCounter guests() {
        return guests;
    }

    /** The hints that a guest's attachments may have changed. */
    HintCounter attachments(GuestId guest) {
        return attachments.computeIfAbsent(guest, any -> new HintCounter(patience));
    }

    /** All hints, whatever they are about. */
    int count() {
        return guests.count()
                + attachments.values().stream().mapToInt(HintCounter::count).sum();
    }
}
