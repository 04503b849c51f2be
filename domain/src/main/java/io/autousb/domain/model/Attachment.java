package io.autousb.domain.model;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a hypervisor was asked to pass through, as it reports it. That it reports an attachment does not
 * mean that the device still works, or is still there: the host decides that.
 *
 * @param guest the guest that has it
 * @param handle how the hypervisor names the attachment; what a detach takes
 * @param port the guest's port, if the hypervisor says
 * @param address the host device's address, if the hypervisor names the device by it
 * @param path the host port, if the hypervisor names the device by it
 * @param generation the stay that was attached, if the attachment's own mark says
 * @param ours whether this program made it, told by a mark beside the attachment that survives this
 *     program
 * @param match what the hypervisor attaches by itself whenever it comes, if it does so at all: the
 *     attachment then names no single device
 * @param connected false if the hypervisor itself says that the device is lost; true proves nothing
 */
public record Attachment(
        GuestId guest,
        String handle,
        Optional<GuestPort> port,
        Optional<DeviceAddress> address,
        Optional<PortPath> path,
        Optional<Generation> generation,
        boolean ours,
        Optional<DeviceMatch> match,
        boolean connected) {

    /**
     * The same attachment, with the stay of the device behind it known.
     *
     * @param stay the generation
     * @return a copy
     */
    public Attachment withGeneration(Generation stay) {
        return new Attachment(guest, handle, port, address, path, Optional.of(stay), ours, match, connected);
    }

    /**
     * Whether the hypervisor attaches by itself whatever matches.
     *
     * @return true if it takes devices by what they are or where they are, now or later
     */
    public boolean rematches() {
        return match.isPresent();
    }

    /** Handle and port for a person, safe to print. */
    @Override
    public String toString() {
        return UntrustedText.of(handle) + port.map(where -> " on " + where).orElse("");
    }

    /**
     * Starts an attachment from what every one has.
     *
     * @param guest the guest that has it
     * @param handle how the hypervisor names it
     * @return a builder for a connected, foreign attachment that names no device
     */
    public static Builder builder(GuestId guest, String handle) {
        return new Builder(guest, handle);
    }

    /** Collects what an attachment says. Not thread-safe. */
    public static final class Builder {
        private final GuestId guest;
        private final String handle;
        private @Nullable GuestPort port;
        private @Nullable DeviceAddress address;
        private @Nullable PortPath path;
        private @Nullable Generation generation;
        private boolean ours;
        private @Nullable DeviceMatch match;
        private boolean connected = true;

        private Builder(GuestId guest, String handle) {
            this.guest = Objects.requireNonNull(guest);
            this.handle = Objects.requireNonNull(handle);
        }

        /**
         * Sets the guest's port.
         *
         * @param value the port
         * @return this
         */
        public Builder port(@Nullable GuestPort value) {
            port = value;
            return this;
        }

        /**
         * Names the host device by address.
         *
         * @param value its address
         * @return this
         */
        public Builder address(@Nullable DeviceAddress value) {
            address = value;
            return this;
        }

        /**
         * Names the host device by place.
         *
         * @param value its place
         * @return this
         */
        public Builder path(@Nullable PortPath value) {
            path = value;
            return this;
        }

        /**
         * Says which stay of the device was attached.
         *
         * @param value the generation
         * @return this
         */
        public Builder generation(@Nullable Generation value) {
            generation = value;
            return this;
        }

        /**
         * Says that this program made the attachment.
         *
         * @param value true if it bears our mark
         * @return this
         */
        public Builder ours(boolean value) {
            ours = value;
            return this;
        }

        /**
         * Says what the hypervisor attaches by itself.
         *
         * @param value what it looks for; null if it does not
         * @return this
         */
        public Builder match(@Nullable DeviceMatch value) {
            match = value;
            return this;
        }

        /**
         * Says whether the hypervisor believes the device to be there.
         *
         * @param value false if it noticed the loss
         * @return this
         */
        public Builder connected(boolean value) {
            connected = value;
            return this;
        }

        /**
         * Makes the attachment.
         *
         * @return the attachment
         */
        public Attachment build() {
            return new Attachment(
                    guest,
                    handle,
                    Optional.ofNullable(port),
                    Optional.ofNullable(address),
                    Optional.ofNullable(path),
                    Optional.ofNullable(generation),
                    ours,
                    Optional.ofNullable(match),
                    connected);
        }
    }
}
