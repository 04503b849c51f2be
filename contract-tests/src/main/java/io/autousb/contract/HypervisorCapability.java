package io.autousb.contract;

/**
 * What a hypervisor adapter, or the fixture behind it, may be unable to do. Declared in {@link
 * HypervisorFixture#unsupported}; the rules that need it are then skipped by this name, or expect the
 * call to fail with {@link io.autousb.domain.port.BackendException#UNSUPPORTED}.
 */
public enum HypervisorCapability {
    /** The adapter can add controllers. If not, it says {@code UNSUPPORTED}. */
    ADD_CONTROLLER,
    /** The fixture can use up the room for controllers. */
    NO_ROOM,
    /** The fixture can pause a guest and let it migrate. */
    GUEST_STATES,
    /** A guest can reboot and keep its attachments. */
    KEEPING_REBOOT,
    /** The fixture can make a guest's control channel hang. */
    HANG,
    /** A guest whose control channel hangs cannot be looked at either: guests and inspections ask it. */
    HANG_SHOWS,
    /** The fixture can end a guest in the middle of a call. */
    END_IN_CALL,
    /** The fixture can lose the answer to a call. */
    LOST_ANSWER,
    /** Other programs can attach devices under a name. */
    FOREIGN_NAMED,
    /** Other programs can attach devices without a name. */
    FOREIGN_ANONYMOUS,
    /** Other programs can attach whatever matches, now and later. */
    FOREIGN_REMATCHING,
    /** The hypervisor tells when another program takes an attachment away. */
    REMOVAL_HINT,
    /** Something other than a host device can sit on a guest's port. */
    TAKEN_PORT,
    /** The hypervisor can notice that a device is lost, and say so. */
    REPORTED_LOSS,
    /** A device's node can be closed to the hypervisor until the host has set its rights. */
    NODE_RIGHTS,
    /** The fixture can make the hypervisor refuse an attach with a text of its own. */
    REFUSAL,
    /** The fixture can leave something over in a guest that a repair clears. */
    LEFTOVER,
    /** Two adapters can look at a guest at the same time, as two programs would. */
    TWO_OBSERVERS,
    /** There are settings of a guest that cannot be right. */
    INVALID_SETTING
}
