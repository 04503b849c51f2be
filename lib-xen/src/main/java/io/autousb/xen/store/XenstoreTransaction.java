package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;

/**
 * What a transaction's body works with. Sees its own changes; the others see all of them at once, or
 * none. Used by the thread that runs the body, until the body ends; fails with {@link
 * IllegalStateException} after that. What xenstored refuses to change may fail at the next look, or at the body's end.
 *
 * <p>The two daemons differ in what a transaction sees of the others' changes. With oxenstored one that only writes does
 * not notice that others wrote the same: read what the change rests on ({@code oxenstored/process.ml}, {@code
 * transaction_replay}). With the C daemon a run may see one node before and another after a change; such a run never takes
 * effect, and another one follows, unless the body throws: what looks contradictory is no reason to ({@code
 * tools/xenstored/transaction.c}, {@code access_node}).
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
