package io.autousb.domain.port;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A failure of an adapter or of what is behind it: what failed, where, and what a person can do. All
 * three are safe to print: texts of devices, guests and hypervisors go in as {@link
 * io.autousb.domain.model.UntrustedText}.
 *
 * <p>The code is open: adapters may have their own in lower-kebab form. The {@link Retry} class tells
 * the core what to do, whatever the code.
 */
public final class BackendException extends RuntimeException {

    /** The guest's port is taken, or is not there. */
    public static final String PORT_BUSY = "port-busy";
    /** The device is already attached to this guest. */
    public static final String DUPLICATE = "duplicate";
    /** The host does not have the device any more, or another one in its place. */
    public static final String DEVICE_GONE = "device-gone";
    /** The guest, or this instance of it, is not there any more. */
    public static final String GUEST_GONE = "guest-gone";
    /** The device's node cannot be opened yet: the host's udev is still to set its rights. */
    public static final String NOT_READY = "not-ready";
    /** The guest's control channel is held by another program. */
    public static final String BUSY = "busy";
    /** No answer in time. */
    public static final String TIMEOUT = "timeout";
    /** The guest can take no further controller. */
    public static final String NO_ROOM = "no-room";
    /** This program lacks a right. */
    public static final String NO_PERMISSION = "no-permission";
    /** The hypervisor said no. */
    public static final String REFUSED = "refused";
    /** The other side broke the protocol. */
    public static final String PROTOCOL = "protocol";
    /** Reading or writing failed. */
    public static final String IO = "io";
    /** A setting cannot be right. */
    public static final String INVALID = "invalid";
    /** The adapter cannot do this at all. */
    public static final String UNSUPPORTED = "unsupported";
    /** What was saved is missing a part, or has changed. */
    public static final String TORN = "torn";
    /** In the place of what was saved is something that this program has never saved. */
    public static final String FOREIGN = "foreign";
    /** What was saved is a later version's. */
    public static final String NEWER = "newer";
    /** The adapter has been closed. */
    public static final String CLOSED = "closed";

    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]*");
    private static final long serialVersionUID = 1L;

    private final String message;
    private final String code;
    private final Retry retry;
    private final String what;
    private final String where;
    private final String remedy;
    private final boolean outcomeUnknown;

    /** When the same call may be worth another try. */
    public enum Retry {
        /** At once, with what has been learnt (another port). */
        NOW,
        /** After a while, longer each time. */
        BACK_OFF,
        /** When the device or guest has changed. Not counted as a failure. */
        ON_CHANGE,
        /** Not before the device is plugged in anew, the guest is another instance, or the configuration changes. */
        NEVER
    }

    private BackendException(Builder builder) {
        super(builder.message(), builder.cause);
        this.message = builder.message();
        this.code = builder.code;
        this.retry = builder.retry;
        this.what = builder.what;
        this.where = builder.where;
        this.remedy = builder.remedy;
        this.outcomeUnknown = builder.outcomeUnknown;
    }

    /**
     * Starts a failure.
     *
     * @param code one of this class's constants or the adapter's own
     * @param what what failed, without a full stop
     * @return a builder, with {@link Retry#BACK_OFF}
     */
    public static Builder of(String code, String what) {
        return new Builder(code, what);
    }

    /**
     * Starts the same failure for another call, which gets a stack trace of its own and this as the cause.
     *
     * @return a builder with all of this but {@link #outcomeUnknown}, which is for that call to say
     */
    public Builder again() {
        return of(code, what).where(where).remedy(remedy).retry(retry).cause(this);
    }

    /** What, where and remedy in one line, safe to print. */
    @Override
    public String getMessage() {
        return message;
    }

    /**
     * What kind of failure it is.
     *
     * @return a code in lower-kebab form
     */
    public String code() {
        return code;
    }

    /**
     * Whether it is of a certain kind.
     *
     * @param other a code
     * @return true if the codes are equal
     */
    public boolean is(String other) {
        return code.equals(other);
    }

    /**
     * When another try may help.
     *
     * @return the class of retry
     */
    public Retry retry() {
        return retry;
    }

    /**
     * What failed.
     *
     * @return one line, safe to print
     */
    public String what() {
        return what;
    }

    /**
     * Where: a path, a guest, a device.
     *
     * @return one line, safe to print, or an empty text
     */
    public String where() {
        return where;
    }

    /**
     * What a person can do about it.
     *
     * @return one line, safe to print, or an empty text
     */
    public String remedy() {
        return remedy;
    }

    /**
     * Whether a change that was asked for may have taken effect, or may still.
     *
     * @return true if only an inspection can tell
     */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /** Collects what is to be said. Not thread-safe. */
    public static final class Builder {
        private final String code;
        private final String what;
        private String where = "";
        private String remedy = "";
        private Retry retry = Retry.BACK_OFF;
        private boolean outcomeUnknown;
        private @Nullable Throwable cause;

        private Builder(String code, String what) {
            if (!CODE.matcher(code).matches()) {
                throw new IllegalArgumentException("no error code: " + code);
            }
            this.code = code;
            this.what = Objects.requireNonNull(what);
        }

        /**
         * Says where.
         *
         * @param value a path, a guest, a device
         * @return this
         */
        public Builder where(Object value) {
            where = value.toString();
            return this;
        }

        /**
         * Says what a person can do.
         *
         * @param value one line
         * @return this
         */
        public Builder remedy(String value) {
            remedy = value;
            return this;
        }

        /**
         * Says when another try may help.
         *
         * @param value the class of retry
         * @return this
         */
        public Builder retry(Retry value) {
            retry = value;
            return this;
        }

        /**
         * Says that the change may have taken effect.
         *
         * @return this
         */
        public Builder outcomeUnknown() {
            outcomeUnknown = true;
            return this;
        }

        /**
         * Chains the cause.
         *
         * @param value what lies behind it
         * @return this
         */
        public Builder cause(Throwable value) {
            cause = value;
            return this;
        }

        /**
         * Makes the exception.
         *
         * @return the exception, to be thrown
         */
        public BackendException build() {
            return new BackendException(this);
        }

        private String message() {
            return what + (where.isEmpty() ? "" : " (" + where + ")") + (remedy.isEmpty() ? "" : ": " + remedy);
        }
    }
}
