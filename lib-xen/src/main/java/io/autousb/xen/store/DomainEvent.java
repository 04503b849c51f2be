package io.autousb.xen.store;

/**
 * The watches that are no nodes (xen {@code docs/misc/xenstore.txt}, "WATCH"). They say that something
 * has happened to some domain, and not to which: list {@code /local/domain} and compare.
 */
public enum DomainEvent implements WatchTarget {
    /** A domain was made known to xenstored. Its name and uuid are there by now, its devices are not. */
    INTRODUCED("@introduceDomain"),
    /** A domain has shut down, crashed or gone; it may be there for a while yet. */
    RELEASED("@releaseDomain");

    private final String text;

    DomainEvent(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
