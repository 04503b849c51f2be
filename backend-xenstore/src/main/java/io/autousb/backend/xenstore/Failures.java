package io.autousb.backend.xenstore;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;

/** How the failures of this store are told. */
final class Failures {

    private static final String REMEDY =
            "see whether xenstored runs and has room, or keep the state in a file (state store file)";

    private Failures() {}

    static BackendException closed() {
        return BackendException.of(BackendException.CLOSED, "the state store is closed")
                .retry(Retry.NEVER)
                .build();
    }

    /**
     * What xenstore's client says, for who asked for a state.
     *
     * @param outcomeUnknown whether the state may have been replaced, or may still be
     */
    static BackendException of(String what, BackendException cause, boolean outcomeUnknown) {
        BackendException.Builder failure = BackendException.of(cause.code(), what + ": " + cause.what())
                .where(cause.where())
                .remedy(cause.remedy().isEmpty() ? REMEDY : cause.remedy())
                .retry(cause.retry())
                .cause(cause);
        return outcomeUnknown ? failure.outcomeUnknown().build() : failure.build();
    }
}
