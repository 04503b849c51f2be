package io.autousb.domain.port;

import java.util.Objects;

/**
 * Something that was found in the place of a state and is none. All texts are one line and safe to print:
 * what was found goes in as {@link io.autousb.domain.model.UntrustedText}, if at all.
 *
 * @param reason what kind of thing it is
 * @param what what is wrong with it, without a full stop
 * @param where where it is now
 * @param remedy what a person can do
 */
public record UnusableState(Reason reason, String what, String where, String remedy) {

    /** What was found. */
    public enum Reason {
        /** A state of which a part is missing or changed. */
        TORN,
        /** Nothing that this program has ever saved. */
        FOREIGN,
        /** The state of a later version of this program. */
        NEWER
    }

    /** Checks that all is said. */
    public UnusableState {
        Objects.requireNonNull(reason);
        if (what.isBlank() || where.isBlank() || remedy.isBlank()) {
            throw new IllegalArgumentException("what, where and remedy are all to be said");
        }
    }

    /** What, where and remedy in one line, as {@link BackendException#getMessage} has them. */
    @Override
    public String toString() {
        return what + " (" + where + "): " + remedy;
    }
}
