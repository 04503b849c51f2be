package io.autousb.domain.model;

/** What a guest is doing, as far as USB is concerned. */
public enum GuestState {
    /** Its processors run. */
    RUNNING,
    /** Stopped by its administrator or by an I/O error; it can go on. */
    PAUSED,
    /** Set up but not started yet. */
    PRELAUNCH,
    /** Asleep by its own wish. */
    SUSPENDED,
    /** On the way in, out or to disk (migration, save): hands off. */
    TRANSIENT,
    /** Shut down or crashed, with the hypervisor's process still there. */
    STOPPED,
    /** There, but it does not answer; an inspection tells why. */
    UNKNOWN;

    /**
     * Whether devices may be attached and detached now.
     *
     * @return true for a guest that runs or could go on
     */
    public boolean acceptsChanges() {
        return switch (this) {
            case RUNNING, PAUSED, PRELAUNCH, SUSPENDED -> true;
            case TRANSIENT, STOPPED, UNKNOWN -> false;
        };
    }
}
