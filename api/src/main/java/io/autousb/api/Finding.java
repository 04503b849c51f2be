package io.autousb.api;

import java.util.Objects;

/**
 * Something that an examination has found. All texts are one line and safe to print: what devices, guests and
 * programs say goes in as {@link io.autousb.domain.model.UntrustedText}.
 *
 * @param level how bad it is
 * @param what what was found, without a full stop
 * @param where where: a path, a guest, a device; may be empty
 * @param remedy what a person can do; empty only for {@link Level#OK}
 */
public record Finding(Level level, String what, String where, String remedy) {

    /** How bad something is. */
    public enum Level {
        /** It is as it should be. */
        OK,
        /** It works, but not in all cases, or something else is in danger. */
        WARNING,
        /** It does not work before something is done. */
        PROBLEM
    }

    /** Checks that all is said. */
    public Finding {
        Objects.requireNonNull(level);
        Objects.requireNonNull(where);
        if (what.isBlank()) {
            throw new IllegalArgumentException("a finding says what was found");
        }
        if (remedy.isBlank() && level != Level.OK) {
            throw new IllegalArgumentException("what is wrong has a remedy: " + what);
        }
    }

    /**
     * Something that is as it should be.
     *
     * @param what what was looked at
     * @param where where, or empty
     * @return the finding
     */
    public static Finding ok(String what, Object where) {
        return new Finding(Level.OK, what, where.toString(), "");
    }

    /**
     * Something that does not work in all cases, or is dangerous.
     *
     * @param what what was found
     * @param where where, or empty
     * @param remedy what a person can do
     * @return the finding
     */
    public static Finding warning(String what, Object where, String remedy) {
        return new Finding(Level.WARNING, what, where.toString(), remedy);
    }

    /**
     * Something that has to be seen to first.
     *
     * @param what what was found
     * @param where where, or empty
     * @param remedy what a person can do
     * @return the finding
     */
    public static Finding problem(String what, Object where, String remedy) {
        return new Finding(Level.PROBLEM, what, where.toString(), remedy);
    }

    /** What, where and remedy in one line. */
    @Override
    public String toString() {
        return what + (where.isEmpty() ? "" : " (" + where + ")") + (remedy.isEmpty() ? "" : ": " + remedy);
    }
}
