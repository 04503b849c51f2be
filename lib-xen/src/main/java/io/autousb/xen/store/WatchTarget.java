package io.autousb.xen.store;

/** What can be watched, and where a change is told of: a node with all below it, or the life of domains. */
public sealed interface WatchTarget permits XenstorePath, DomainEvent {

    /**
     * The form on the wire.
     *
     * @return printable ASCII
     */
    String text();
}
