package io.autousb.domain.model;

/**
 * A guest that exists now.
 *
 * @param id which guest
 * @param name what its administrator calls it
 * @param instance which life of it: an opaque text that is another one after each start that loses
 *     all attachments (a new Xen domain, a new QEMU process), and the same over a reboot that keeps
 *     them
 * @param state what it is doing
 */
public record Guest(GuestId id, String name, String instance, GuestState state) {

    /** Checks the name. */
    public Guest {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a guest has a name: " + id);
        }
    }

    /**
     * The same guest in another state.
     *
     * @param newState the state
     * @return a copy
     */
    public Guest withState(GuestState newState) {
        return new Guest(id, name, instance, newState);
    }

    /** The name, safe to print. */
    @Override
    public String toString() {
        return UntrustedText.of(name).toString();
    }
}
