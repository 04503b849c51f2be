package io.autousb.runtime.catalogue;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * No adapter could be chosen or made: what is wrong, where, and what a person can do. All three are safe
 * to print.
 */
public final class ProviderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final String what;
    private final String where;
    private final String remedy;

    /** What is wrong. */
    public enum Problem {
        /** There is no adapter of that name. */
        UNKNOWN,
        /** The adapter, or each of them, cannot work here. */
        UNAVAILABLE,
        /** Several would do equally well. */
        AMBIGUOUS,
        /** The adapter itself is faulty. */
        BROKEN,
        /** An option does not exist, or its value cannot be right. */
        INVALID_OPTION
    }

    /**
     * Makes the exception.
     *
     * @param problem what kind of problem it is
     * @param what what is wrong, without a full stop
     * @param where a name of an option, an adapter or a class; may be empty
     * @param remedy what a person can do; may be empty
     */
    public ProviderException(Problem problem, String what, String where, String remedy) {
        this(problem, what, where, remedy, null);
    }

    /**
     * Makes the exception.
     *
     * @param problem what kind of problem it is
     * @param what what is wrong, without a full stop
     * @param where a name of an option, an adapter or a class; may be empty
     * @param remedy what a person can do; may be empty
     * @param cause what lies behind it, if anything
     */
    public ProviderException(Problem problem, String what, String where, String remedy, @Nullable Throwable cause) {
        super(what + (where.isEmpty() ? "" : " (" + where + ")") + (remedy.isEmpty() ? "" : ": " + remedy), cause);
        this.problem = Objects.requireNonNull(problem);
        this.what = what;
        this.where = where;
        this.remedy = remedy;
    }

    /**
     * What kind of problem it is.
     *
     * @return the kind
     */
    public Problem problem() {
        return problem;
    }

    /**
     * What is wrong.
     *
     * @return one line, safe to print
     */
    public String what() {
        return what;
    }

    /**
     * Where it is wrong.
     *
     * @return one line, safe to print, or an empty text
     */
    public String where() {
        return where;
    }

    /**
     * What a person can do.
     *
     * @return one line, safe to print, or an empty text
     */
    public String remedy() {
        return remedy;
    }
}
