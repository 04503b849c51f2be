package io.autousb.xen.guest;

import io.autousb.domain.model.GuestState;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Works out from xenstore what a guest is doing. Waits for nobody for ever: not for a guest to agree to being
 * suspended, which it may never, nor for a toolstack that does not say when it is done. Thread-safe.
 */
final class GuestStates {

    /** libxl itself waits for that long ({@code libxl_dom_suspend.c}). */
    static final Duration SUSPEND_PATIENCE = Duration.ofSeconds(60);

    static final Duration CREATION_PATIENCE = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final LibxlCreation creation;
    private final Since complete;
    private final Since suspending;

    /**
     * A state.
     *
     * @param state the state
     * @param again when it may be another one though xenstore says the same
     */
    record Seen(GuestState state, Optional<Duration> again) {}

    GuestStates(LibxlCreation creation, LongSupplier clock) {
        this.creation = creation;
        this.complete = new Since(clock);
        this.suspending = new Since(clock);
    }

    Seen of(XenGuest guest) {
        String instance = guest.instance();
        boolean asleep = guest.shutdown().raw().equals("suspend");
        Duration left = Duration.ZERO;
        if (asleep) {
            left = SUSPEND_PATIENCE.minus(suspending.seen(instance));
        } else {
            suspending.ended(instance);
        }
        boolean served =
                guest.type() != XenGuest.Type.HVM || guest.deviceModel().isRunning();
        if (!served || guest.isMigrating()) {
            return new Seen(GuestState.TRANSIENT, Optional.empty());
        }
        if (!creation.isDone(guest) && complete.seen(instance).compareTo(CREATION_PATIENCE) < 0) {
            return new Seen(GuestState.TRANSIENT, Optional.of(LOOK_AGAIN));
        }
        return left.isNegative() || left.isZero()
                ? new Seen(GuestState.RUNNING, Optional.empty())
                : new Seen(GuestState.TRANSIENT, Optional.of(left));
    }

    /** Forgets all other instances. */
    void retain(Collection<String> instances) {
        complete.retain(instances);
        suspending.retain(instances);
    }
}
