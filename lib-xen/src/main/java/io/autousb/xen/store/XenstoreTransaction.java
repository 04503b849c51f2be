package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;

/**
 * What a transaction's body works with. Sees its own changes; the others see all of them at once, or
 * none. Used by the thread that runs the body, until the body ends; fails with {@link
 * IllegalStateException} after that.
 *
 * <p>A transaction that only writes does not notice that another one wrote the same (with oxenstored):
 * read what the change rests on.
 */
public interface XenstoreTransaction extends NodeWriter {

    /**
     * Sets who may use a node. Here only, so that a node is never seen without the permissions it is made
     * with.
     *
     * @param path a node that exists, for example because this transaction has just written it
     * @param permissions who may
     * @throws BackendException see {@link Xenstore}; {@link BackendException#REFUSED} if there is no such node
     */
    void setPermissions(XenstorePath path, XenstorePermissions permissions);
}
