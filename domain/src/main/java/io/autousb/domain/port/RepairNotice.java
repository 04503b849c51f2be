package io.autousb.domain.port;

import java.util.Objects;
import java.util.Optional;

/**
 * Something that was left over in a guest, and what was done about it. All texts are one line and safe to
 * print: what guests and hypervisors say goes in as {@link io.autousb.domain.model.UntrustedText}.
 *
 * @param where in which guest, whether or not the configuration speaks of it
 * @param what what was found, without a full stop; the same at each look as long as it is the same thing
 * @param outcome what was done
 * @param failure why it is still there; present if and only if the outcome is {@link Outcome#FAILED}
 */
public record RepairNotice(String where, String what, Outcome outcome, Optional<BackendException> failure) {

    /** What was done. */
    public enum Outcome {
        /** It is gone. */
        REPAIRED,
        /** Nothing yet: it may be the work of another program under way, and only a later look tells. */
        AWAITED,
        /** Nothing, as was asked for. */
        REPORTED,
        /** It is still there, and is tried again at the next look. */
        FAILED
    }

    /** Checks that all is said. */
    public RepairNotice {
        Objects.requireNonNull(outcome);
        if (where.isBlank() || what.isBlank()) {
            throw new IllegalArgumentException("where and what are both to be said");
        }
        if (failure.isPresent() != (outcome == Outcome.FAILED)) {
            throw new IllegalArgumentException("only what failed, and all that failed, has a failure: " + what);
        }
    }

    /**
     * What was found, and what was done.
     *
     * @param where in which guest
     * @param what what was found
     * @param outcome what was done, other than {@link Outcome#FAILED}
     * @return a notice without a failure
     */
    public static RepairNotice of(String where, String what, Outcome outcome) {
        return new RepairNotice(where, what, outcome, Optional.empty());
    }

    /**
     * What was found, and could not be repaired.
     *
     * @param where in which guest
     * @param what what was found
     * @param failure why it is still there
     * @return a notice with the outcome {@link Outcome#FAILED}
     */
    public static RepairNotice failed(String where, String what, BackendException failure) {
        return new RepairNotice(where, what, Outcome.FAILED, Optional.of(failure));
    }

    /** Where, what, and what was done, in one line. */
    @Override
    public String toString() {
        String done = switch (outcome) {
            case REPAIRED -> "repaired";
            case AWAITED -> "left alone for now";
            case REPORTED -> "not repaired, as asked";
            case FAILED -> "could not be repaired";
        };
        return where + ": " + what + ": " + done
                + failure.map(why -> ": " + why.getMessage()).orElse("");
    }
}
