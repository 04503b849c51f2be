package io.autousb.backend.sim;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A guest's lives, one after the other, and the calls that adapters make for them. Its monitor guards all
 * that belongs to the guest; hints are given without it, as a listener may ask back.
 */
final class GuestCore {

    private final GuestId id;
    private final SimHost host;
    private final Hints<GuestListener> hints;
    private final GuestFaults faults = new GuestFaults();
    private final SimLeftovers leftovers = new SimLeftovers();
    private @Nullable GuestMachine machine;
    private GuestState state = GuestState.STOPPED;
    private int lives;
    private boolean guestHint;
    private boolean attachmentHint;

    GuestCore(GuestId id, SimHost host, Hints<GuestListener> hints) {
        this.id = id;
        this.host = host;
        this.hints = hints;
    }

    GuestId id() {
        return id;
    }

    SimLeftovers leftovers() {
        return leftovers;
    }

    /** To be used in {@link #act} only. */
    GuestFaults faults() {
        return faults;
    }

    /** Does something to the guest, and hints what came of it. */
    void act(Runnable action) {
        synchronized (this) {
            action.run();
        }
        flush();
    }

    boolean runs() {
        return machine != null;
    }

    void begin(GuestHardware hardware) {
        machine = new GuestMachine(id, host, hardware);
        lives++;
        enter(GuestState.RUNNING);
    }

    /** A guest that ends hangs no longer, and does nothing that was asked of it. */
    void end() {
        if (machine != null) {
            machine.end();
            machine = null;
            faults.release();
            attachmentHint = true;
            enter(GuestState.STOPPED);
        }
    }

    void enter(GuestState newState) {
        state = newState;
        hintGuest();
    }

    void hintGuest() {
        guestHint = true;
        notifyAll();
    }

    void hintAttachments() {
        attachmentHint = true;
    }

    GuestMachine require() {
        if (machine == null) {
            throw new IllegalStateException(id + " does not run");
        }
        return machine;
    }

    synchronized Optional<GuestInspection> look() {
        return Optional.ofNullable(machine).map(this::inspection);
    }

    /** The guest as its adapter sees it: it cannot ask one that hangs. */
    synchronized Optional<Guest> guest() {
        return Optional.ofNullable(machine)
                .map(life -> faults.isHanging() ? model().withState(GuestState.UNKNOWN) : model());
    }

    synchronized List<UsbDevice> held() {
        return machine == null ? List.of() : machine.held();
    }

    /** Lets calls that wait look whether their adapter was closed. */
    synchronized void wake() {
        notifyAll();
    }

    void rematch() {
        act(() -> {
            if (machine != null && machine.rematch()) {
                hintAttachments();
            }
        });
    }

    synchronized GuestInspection inspect(Guest seen, Patience patience) {
        requireLife(seen);
        awaitTurn(patience, Optional.empty());
        return inspection(requireLife(seen));
    }

    /** Something to do to a guest that runs, which says what came of it. */
    interface Change<T> {
        T apply(GuestMachine life);
    }

    <T> T change(Guest seen, Patience patience, Change<T> change) {
        try {
            synchronized (this) {
                requireLife(seen);
                awaitTurn(patience, Optional.of(() -> changeLate(seen, change)));
                GuestMachine life = requireLife(seen);
                if (faults.takeEnd()) {
                    end();
                    throw SimFailures.unknown(SimFailures.guestGone(id));
                }
                Optional<Boolean> lost = faults.takeLostAnswer();
                if (lost.isEmpty() || lost.get()) {
                    T result = change.apply(life);
                    attachmentHint = true;
                    if (lost.isEmpty()) {
                        return result;
                    }
                }
                throw SimFailures.unknown(SimFailures.connectionLost(id));
            }
        } finally {
            flush();
        }
    }

    /** Nobody waits for the answer any more, so that a refusal has no one to tell. */
    private void changeLate(Guest seen, Change<?> change) {
        synchronized (this) {
            if (isLife(seen) && machine != null) {
                try {
                    change.apply(machine);
                    attachmentHint = true;
                } catch (BackendException refused) {
                    return;
                }
            }
        }
        flush();
    }

    private void awaitTurn(Patience patience, Optional<Runnable> change) {
        Duration slowness = faults.slowness();
        if (!slowness.isZero()) {
            Patience.End end = patience.pause(this, slowness);
            if (end != Patience.End.REACHED) {
                change.ifPresent(late -> patience.later(slowness, late));
                throw SimFailures.ended(end, id, change.isPresent());
            }
        }
        Patience.End end = faults.isHanging()
                ? patience.await(this, () -> !faults.isHanging() || machine == null)
                : Patience.End.REACHED;
        if (end != Patience.End.REACHED) {
            change.ifPresent(faults::leave);
            throw SimFailures.ended(end, id, change.isPresent());
        }
    }

    private GuestMachine requireLife(Guest seen) {
        if (machine == null || !isLife(seen)) {
            throw SimFailures.guestGone(id).build();
        }
        return machine;
    }

    private boolean isLife(Guest seen) {
        return seen.instance().equals(model().instance());
    }

    private Guest model() {
        return new Guest(id, id.key(), "life-" + lives, state);
    }

    private GuestInspection inspection(GuestMachine life) {
        return new GuestInspection(model(), life.controllers(), life.attachments());
    }

    /** Hints without the lock, as a listener may ask back. */
    private void flush() {
        boolean guests;
        boolean attachments;
        synchronized (this) {
            guests = guestHint;
            attachments = attachmentHint;
            guestHint = false;
            attachmentHint = false;
        }
        if (guests) {
            hints.each(GuestListener::guestsChanged);
        }
        if (attachments) {
            hints.each(listener -> listener.attachmentsChanged(id));
            host.hint();
        }
    }
}
