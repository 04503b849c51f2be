package io.autousb.contract;

/**
 * What a device source, or the fixture that feeds it, may be unable to do. Declared in {@link
 * DeviceSourceFixture#unsupported}; the rules that need it are then skipped by this name.
 */
public enum DeviceSourceCapability {
    /** The fixture can bind a host controller anew, so that devices come back with the same address. */
    REBIND,
    /** Whether the host has authorized a device can change while it is plugged in. */
    AUTHORIZATION,
    /** The source knows devices that the host is not done with yet. */
    INITIALIZATION,
    /** The fixture can make events that mean nothing. */
    SPURIOUS_EVENTS,
    /** The fixture can lose events, as a full netlink buffer does. */
    EVENT_LOSS,
    /** The fixture can make a device's attributes not answer. */
    SILENT_DEVICE,
    /** The fixture can make the host unreadable. */
    UNREADABLE_HOST
}
