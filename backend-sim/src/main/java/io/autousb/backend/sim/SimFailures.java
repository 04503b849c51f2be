package io.autousb.backend.sim;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;

/** The failures that the hypervisor {@code sim} has of itself. */
final class SimFailures {

    private SimFailures() {}

    static String safe(String text) {
        return UntrustedText.of(text).toString();
    }

    static BackendException.Builder guestGone(GuestId guest) {
        return BackendException.of(BackendException.GUEST_GONE, "the guest is gone")
                .where(guest)
                .retry(Retry.ON_CHANGE);
    }

    static BackendException.Builder connectionLost(GuestId guest) {
        return BackendException.of(BackendException.IO, "the connection to the guest broke")
                .where(guest);
    }

    static BackendException.Builder closed() {
        return BackendException.of(BackendException.CLOSED, "the simulated hypervisor is closed")
                .retry(Retry.NEVER);
    }

    static BackendException unknown(BackendException.Builder failure) {
        return failure.outcomeUnknown().build();
    }

    /** A call that ended before it had an answer. */
    static BackendException ended(Patience.End end, GuestId guest, boolean changing) {
        BackendException.Builder failure = end == Patience.End.CLOSED
                ? closed()
                : BackendException.of(BackendException.TIMEOUT, "the guest did not answer in time")
                        .where(guest)
                        .remedy("see whether the guest hangs");
        return changing ? unknown(failure) : failure.build();
    }
}
