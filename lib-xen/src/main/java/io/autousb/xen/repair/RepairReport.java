package io.autousb.xen.repair;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairNotice;
import java.util.Optional;

/**
 * What was found, and what was done about it.
 *
 * @param leftover what was found
 * @param outcome what was done
 * @param failure why it is still there, if it could not be cured
 */
record RepairReport(Leftover leftover, Outcome outcome, Optional<BackendException> failure) {

    /** What was done. */
    enum Outcome {
        /** It is gone. */
        CURED,
        /** Nothing yet: it may be somebody's work under way. Look again after {@link LeftoverRepair#SETTLE}. */
        WAITING,
        /** Nothing, as was asked for. */
        REPORTED,
        /** It is still there; it is tried again the next time. */
        FAILED
    }

    static RepairReport cured(Leftover leftover) {
        return new RepairReport(leftover, Outcome.CURED, Optional.empty());
    }

    static RepairReport waiting(Leftover leftover) {
        return new RepairReport(leftover, Outcome.WAITING, Optional.empty());
    }

    static RepairReport notCured(Leftover leftover) {
        return new RepairReport(leftover, Outcome.REPORTED, Optional.empty());
    }

    static RepairReport failed(Leftover leftover, BackendException failure) {
        return new RepairReport(leftover, Outcome.FAILED, Optional.of(failure));
    }

    /** The same for the core. */
    RepairNotice notice() {
        String where = leftover.guest().toString();
        return switch (outcome) {
            case CURED -> RepairNotice.of(where, leftover.text(), RepairNotice.Outcome.REPAIRED);
            case WAITING -> RepairNotice.of(where, leftover.text(), RepairNotice.Outcome.AWAITED);
            case REPORTED -> RepairNotice.of(where, leftover.text(), RepairNotice.Outcome.REPORTED);
            case FAILED -> RepairNotice.failed(where, leftover.text(), failure.orElseThrow());
        };
    }
}
