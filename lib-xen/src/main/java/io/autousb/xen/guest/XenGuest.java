package io.autousb.xen.guest;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.xen.store.XenstorePath;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What xenstore says of a guest at one time.
 *
 * @param domid its domain; another one after each reboot, given again to others only after a while
 * @param uuid the same over all reboots. Two domains have it while a guest is migrated within the host
 * @param name what its administrator calls it
 * @param type how it is virtualised
 * @param startTime when libxl built it, {@code 1795383260.15}; empty if that is not said. Tells two lives with
 *     the same domid, as after a soft reset
 * @param deviceModel what emulates its devices
 * @param shutdown what libxl asked of it, {@code suspend} for example; empty once it has agreed. The guest may
 *     write anything there
 */
public record XenGuest(
        int domid,
        UUID uuid,
        UntrustedText name,
        Type type,
        String startTime,
        DeviceModel deviceModel,
        UntrustedText shutdown) {

    /** Who hands out the keys of {@link #id}. */
    public static final String AUTHORITY = "xen";

    private static final Pattern INSTANCE = Pattern.compile("domain ([1-9][0-9]{0,4})( built [0-9.]+)?");
    private static final Pattern START_TIME = Pattern.compile("[0-9.]{0,32}");

    /** How a guest is virtualised: {@code /libxl/<domid>/type}. */
    public enum Type {
        /** A whole machine, with a device model. */
        HVM,
        /** Paravirtualised. */
        PV,
        /** Paravirtualised, in a hardware container. */
        PVH,
        /** It is not said, or something else. */
        UNKNOWN
    }

    /** Checks that this can be a guest. */
    public XenGuest {
        if (domid < 1) {
            throw new IllegalArgumentException("domain " + domid + " is no guest");
        }
        if (!isStartTime(startTime)) {
            throw new IllegalArgumentException("no start time: " + UntrustedText.of(startTime));
        }
    }

    static boolean isStartTime(String text) {
        return START_TIME.matcher(text).matches();
    }

    /**
     * Which guest it is, over all its reboots.
     *
     * @return authority {@value #AUTHORITY} and the uuid
     */
    public GuestId id() {
        return new GuestId(AUTHORITY, uuid.toString());
    }

    /**
     * Which life of the guest it is: another one after each start that loses all attachments. The same for
     * whoever looks, and whenever.
     *
     * @return domid and start time
     */
    public String instance() {
        return startTime.isEmpty() ? "domain " + domid : "domain " + domid + " built " + startTime;
    }

    /** The domain of an instance; empty for a text of another origin. */
    static OptionalInt domid(String instance) {
        Matcher match = INSTANCE.matcher(instance);
        return match.matches() ? OptionalInt.of(Integer.parseInt(match.group(1))) : OptionalInt.empty();
    }

    /**
     * Whether libxl renamed it because it is being migrated to or from here.
     *
     * @return true if its name ends in {@code --incoming} or {@code --migratedaway} ({@code
     *     tools/xl/xl_migrate.c})
     */
    public boolean isMigrating() {
        return name.raw().endsWith("--incoming") || name.raw().endsWith("--migratedaway");
    }

    /**
     * Its own nodes.
     *
     * @return {@code /local/domain/<domid>}
     */
    public XenstorePath node() {
        return XenNodes.domain(domid);
    }

    /**
     * What libxl keeps of it.
     *
     * @return {@code /libxl/<domid>}
     */
    public XenstorePath libxlNode() {
        return XenNodes.libxl(domid);
    }

    /**
     * What a call fails with when the guest, or this life of it, is not there any more.
     *
     * @return the failure, to be thrown
     */
    public BackendException gone() {
        return BackendException.of(BackendException.GUEST_GONE, "the guest is gone")
                .where(this)
                .retry(BackendException.Retry.ON_CHANGE)
                .build();
    }

    /** Name and domid for a person, safe to print. */
    @Override
    public String toString() {
        return "guest " + name + " (domain " + domid + ")";
    }

    /**
     * Starts a guest from what every one has.
     *
     * @param domid its domain
     * @param uuid its uuid
     * @param name its name
     * @return a builder for a guest of unknown type of which nothing else is said
     */
    public static Builder builder(int domid, UUID uuid, String name) {
        return new Builder(domid, uuid, UntrustedText.of(name));
    }

    /** Collects what is said of a guest. Not thread-safe. */
    public static final class Builder {
        private final int domid;
        private final UUID uuid;
        private final UntrustedText name;
        private Type type = Type.UNKNOWN;
        private String startTime = "";
        private DeviceModel deviceModel = DeviceModel.NONE;
        private UntrustedText shutdown = UntrustedText.of("");

        private Builder(int domid, UUID uuid, UntrustedText name) {
            this.domid = domid;
            this.uuid = Objects.requireNonNull(uuid);
            this.name = name;
        }

        /**
         * Sets the type.
         *
         * @param value how it is virtualised
         * @return this
         */
        public Builder type(Type value) {
            type = value;
            return this;
        }

        /**
         * Sets when it was built.
         *
         * @param value digits and a point; anything else counts as not said
         * @return this
         */
        public Builder startTime(String value) {
            startTime = isStartTime(value) ? value : "";
            return this;
        }

        /**
         * Sets what emulates its devices.
         *
         * @param value what is said of it
         * @return this
         */
        public Builder deviceModel(DeviceModel value) {
            deviceModel = value;
            return this;
        }

        /**
         * Sets what is asked of it.
         *
         * @param value {@code control/shutdown}
         * @return this
         */
        public Builder shutdown(String value) {
            shutdown = UntrustedText.of(value);
            return this;
        }

        /**
         * Makes the guest.
         *
         * @return the guest
         */
        public XenGuest build() {
            return new XenGuest(domid, uuid, name, type, startTime, deviceModel, shutdown);
        }
    }
}
