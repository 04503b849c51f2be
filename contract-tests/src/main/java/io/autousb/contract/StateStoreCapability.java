package io.autousb.contract;

/**
 * What a state store, or the fixture behind it, may be unable to do. Declared in {@link
 * StateStoreFixture#unsupported}; the rules that need it are then skipped by this name.
 */
public enum StateStoreCapability {
    /** The fixture can damage what was saved. */
    TORN,
    /** The fixture can put something else in the place of what was saved. */
    FOREIGN,
    /** The fixture can put there what a later version of this program would save. */
    NEWER,
    /** The fixture can make saves fail. */
    FAILING_SAVES,
    /** The fixture can make the place unreadable. */
    UNREADABLE,
    /** The fixture can make the place not answer. */
    HANG
}
