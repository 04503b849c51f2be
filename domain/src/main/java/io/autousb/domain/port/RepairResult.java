package io.autousb.domain.port;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a look at leftovers has brought.
 *
 * @param notices what was found, each thing once
 * @param again after what time another look of the same depth is due, because something was left alone that
 *     may have been another program's work under way; empty if none is
 */
public record RepairResult(List<RepairNotice> notices, Optional<Duration> again) {

    /** Nothing is left over. */
    public static final RepairResult NOTHING = new RepairResult(List.of(), Optional.empty());

    /** Copies the list, and checks the time. */
    public RepairResult {
        notices = List.copyOf(notices);
        again.filter(delay -> delay.isNegative() || delay.isZero()).ifPresent(delay -> {
            throw new IllegalArgumentException("another look is due later, not after " + delay);
        });
    }
}
