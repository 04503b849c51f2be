package io.autousb.cli.foreground;

import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.Policy;
import io.autousb.runtime.EngineMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the user asked for.
 *
 * @param wish the guest and what it is to have
 * @param guestSettings what the hypervisor is told about the guest, by option name
 * @param backends which backends to use
 * @param manners how to behave
 */
public record ForegroundRequest(GuestWish wish, Map<String, String> guestSettings, Backends backends, Manners manners) {

    /** Copies the map. */
    public ForegroundRequest {
        guestSettings = Map.copyOf(guestSettings);
    }

    /**
     * Which backends to use.
     *
     * @param deviceSource the one that the user named
     * @param hypervisor the one that the user named
     */
    public record Backends(Optional<String> deviceSource, Optional<String> hypervisor) {}

    /**
     * How to behave.
     *
     * @param waitForGuest whether to wait for a guest that is not running yet
     * @param waitForReturn whether to wait for a guest that has ended
     * @param mode what may be changed
     * @param detachOnExit whether to take everything away at the end
     */
    public record Manners(boolean waitForGuest, boolean waitForReturn, EngineMode mode, boolean detachOnExit) {

        /**
         * Whether to say what would be done and do nothing.
         *
         * @return true if nothing may be changed
         */
        public boolean dryRun() {
            return !mode.changes();
        }
    }

    /**
     * What is to be brought about.
     *
     * @return a policy for this one guest
     */
    public Policy policy() {
        return new Policy(List.of(wish));
    }
}
